//! The stored accounts and groups of a directory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::read::DirectoryContents;
use crate::{
    crypto::Digest,
    model::{DirectoryId, Group, Timestamp, User, UserId},
    store::{StoreError, Tx, directory, groups, ssh_users, users},
};

/// The stored accounts and groups of a directory, and names that other accounts and groups have.
#[derive(Debug, Default)]
pub struct KnownDirectory {
    /// The accounts that come from the directory.
    pub users: Vec<User>,
    /// The groups that come from the directory.
    pub groups: Vec<KnownGroup>,
    /// The accounts whose name is noted as given by the directory.
    pub named: BTreeSet<UserId>,
    /// The pictures in the directory that accounts have.
    pub pictures: BTreeMap<UserId, Digest>,
    /// Usernames and emails in the directory, in lower case, that accounts made here have.
    pub taken: HashSet<String>,
    /// Names of groups in the directory that groups made here have.
    pub taken_groups: HashSet<String>,
}

/// A group with its members.
#[derive(Debug)]
pub struct KnownGroup {
    /// The group.
    pub group: Group,
    /// Its members.
    pub members: BTreeSet<UserId>,
}

impl KnownDirectory {
    /// Loads them for the comparison with a directory.
    pub fn load(
        tx: &mut Tx<'_>,
        contents: &DirectoryContents,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let users = directory::list_users(tx)?;
        let mut groups = Vec::new();
        for group in directory::list_groups(tx)? {
            let members = groups::member_ids(tx, group.id, now)?.into_iter().collect();
            groups.push(KnownGroup { group, members });
        }
        let taken = taken(tx, contents, &users)?;
        let taken_groups = taken_groups(tx, contents, &groups)?;
        let (named, pictures) = (ssh_users::list_named_by_directory(tx)?, directory::pictures(tx)?);
        Ok(Self { users, groups, named, pictures, taken, taken_groups })
    }

    /// The accounts, by their id in the directory.
    pub fn users_by_id(&self) -> HashMap<&DirectoryId, &User> {
        let users = self.users.iter();
        users.filter_map(|user| Some((user.ldap_id.as_ref()?, user))).collect()
    }
}

fn taken(
    tx: &mut Tx<'_>,
    contents: &DirectoryContents,
    known: &[User],
) -> Result<HashSet<String>, StoreError> {
    let own: HashSet<String> = known.iter().flat_map(login_names).collect();
    let mut taken = HashSet::new();
    for profile in contents.people.iter().filter_map(|person| person.profile.as_ref()) {
        for name in profile.login_names().into_iter().filter(|name| !own.contains(name)) {
            let owners = users::find_by_name(tx, &name)?;
            if owners.iter().any(|owner| owner.ldap_id.is_none()) {
                taken.insert(name);
            }
        }
    }
    Ok(taken)
}

/// The username and the email of an account, in lower case.
pub fn login_names(user: &User) -> Vec<String> {
    let email = user.email.as_ref().map(crate::model::EmailAddress::folded);
    [user.username.folded()].into_iter().chain(email).collect()
}

fn taken_groups(
    tx: &mut Tx<'_>,
    contents: &DirectoryContents,
    known: &[KnownGroup],
) -> Result<HashSet<String>, StoreError> {
    let own: HashSet<&str> = known.iter().map(|known| known.group.name.as_str()).collect();
    let mut taken = HashSet::new();
    for name in contents.groups.iter().flatten().filter_map(|group| group.name.as_ref()) {
        if !own.contains(name.as_str()) && groups::find_by_name(tx, name)?.is_some() {
            taken.insert(name.to_string());
        }
    }
    Ok(taken)
}
