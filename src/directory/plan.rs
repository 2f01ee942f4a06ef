//! Compares a directory with the stored accounts and groups.

use std::collections::{HashMap, HashSet};

use super::{
    known::{KnownDirectory, KnownGroup, login_names},
    names::{NameClaim, SettledNames, settle},
    people::{Person, PersonProfile},
    read::{DirectoryContents, DirectoryGroup},
    safety::{AllLosses, Losses},
    step::{GroupStep, PictureStep, SyncPlan, SyncStep, UserStep},
    warnings::Warnings,
};
use crate::{
    crypto::Digest,
    model::{DirectoryId, User, UserId},
};

/// The rules for a plan.
#[derive(Debug, Clone, Copy)]
pub struct SyncRules<'a> {
    /// The group of the administrators. Without one, users of the directory are no administrators.
    pub admin_group: Option<&'a str>,
    /// Whether users who left are disabled and not deleted.
    pub soft_delete: bool,
    /// Whether pictures are taken over.
    pub pictures: bool,
}

/// Plans the changes that make accounts and groups match the directory.
pub fn plan(
    contents: &DirectoryContents,
    known: &KnownDirectory,
    rules: SyncRules<'_>,
) -> SyncPlan {
    let mut planner = Planner::new(contents, known, rules);
    planner.settle_names();
    let left = planner.left();
    let mut steps: Vec<SyncStep> = left.into_iter().map(SyncStep::User).collect();
    let (swaps, others): (Vec<_>, Vec<_>) = planner
        .users()
        .into_iter()
        .partition(|step| matches!(step, UserStep::Change { swaps_names: true, .. }));
    steps.extend(swaps.into_iter().chain(others).map(SyncStep::User));
    steps.extend(planner.groups().into_iter().map(SyncStep::Group));
    let pictures = if rules.pictures { planner.pictures() } else { Vec::new() };
    let given_names = planner.given_names();
    let refusal = planner.losses(&steps).judge();
    SyncPlan { steps, given_names, pictures, warnings: planner.warnings, refusal }
}

/// The members of the group of the administrators.
enum Administrators<'a> {
    /// No group is configured.
    Nobody,
    /// The members of this group, and if it is partial others who are administrators already.
    Of(&'a DirectoryGroup),
    /// The directory has no such group, or several: roles stay as they are.
    Unknown,
}

struct Planner<'a> {
    contents: &'a DirectoryContents,
    known: &'a KnownDirectory,
    rules: SyncRules<'a>,
    /// The accounts, by their id in the directory.
    users: HashMap<&'a DirectoryId, &'a User>,
    names: SettledNames,
    administrators: Administrators<'a>,
    warnings: Warnings,
}

impl<'a> Planner<'a> {
    fn new(
        contents: &'a DirectoryContents,
        known: &'a KnownDirectory,
        rules: SyncRules<'a>,
    ) -> Self {
        let mut warnings = contents.warnings.clone();
        let administrators = administrators(contents, known, rules.admin_group, &mut warnings);
        Self {
            contents,
            known,
            rules,
            users: known.users_by_id(),
            names: SettledNames::default(),
            administrators,
            warnings,
        }
    }

    fn account(&self, person: &Person) -> Option<&'a User> {
        self.users.get(&person.id).copied()
    }

    /// Finds out which people cannot get their names.
    fn settle_names(&mut self) {
        let people = self.contents.people.iter();
        let mut claims: Vec<NameClaim> = people
            .map(|person| {
                let current = self.account(person).map(login_names).unwrap_or_default();
                let wanted = person.profile.as_ref().map(PersonProfile::login_names);
                NameClaim { wanted: wanted.unwrap_or_else(|| current.clone()), current }
            })
            .collect();
        let present: HashSet<_> = self.contents.people.iter().map(|person| &person.id).collect();
        let left = self.known.users.iter();
        let left =
            left.filter(|user| user.ldap_id.as_ref().is_some_and(|id| !present.contains(id)));
        claims.extend(left.map(|user| {
            let current = login_names(user);
            let wanted = if self.rules.soft_delete { current.clone() } else { Vec::new() };
            NameClaim { current, wanted }
        }));
        self.names = settle(&claims, &self.known.taken);
    }

    /// Users who are no longer in the directory.
    fn left(&self) -> Vec<UserStep> {
        let present: HashSet<_> = self.contents.people.iter().map(|person| &person.id).collect();
        let known = self.known.users.iter();
        known
            .filter(|user| user.ldap_id.as_ref().is_some_and(|id| !present.contains(id)))
            .filter_map(|user| match (self.rules.soft_delete, user.disabled) {
                (true, true) => None,
                (true, false) => Some(UserStep::Disable(Box::new(user.clone()))),
                (false, _) => Some(UserStep::Delete(Box::new(user.clone()))),
            })
            .collect()
    }

    /// Users who come, change, or are enabled again.
    fn users(&mut self) -> Vec<UserStep> {
        let mut steps = Vec::new();
        for (position, person) in self.contents.people.iter().enumerate() {
            let taken = self.names.refused.get(&position);
            if let (Some(name), Some(profile)) = (taken, &person.profile) {
                let username = &profile.username;
                self.warnings.add(format!("{username}: another account has the name {name}"));
            }
            match (self.account(person), &person.profile) {
                (Some(user), profile) => {
                    let mut profile = profile.clone().unwrap_or_else(|| profile_of(user));
                    if taken.is_some() {
                        profile.username = user.username.clone();
                        profile.email.clone_from(&user.email);
                    }
                    let step = UserStep::Change {
                        is_admin: self.is_admin(position).unwrap_or(user.is_admin),
                        swaps_names: self.names.swaps.contains(&position),
                        before: Box::new(self.seen(user, person)),
                        profile: Box::new(profile),
                    };
                    if !step.changed().is_empty() {
                        steps.push(step);
                    }
                }
                (None, Some(profile)) if taken.is_none() => steps.push(UserStep::Create {
                    id: person.id.clone(),
                    profile: Box::new(profile.clone()),
                    is_admin: self.is_admin(position).unwrap_or_default(),
                }),
                (None, _) => {}
            }
        }
        steps
    }

    /// Users who have their name of the directory already. Others get it in a step, which notes it.
    fn given_names(&self) -> Vec<User> {
        let people = self.contents.people.iter().filter_map(|person| {
            let (user, profile) = (self.account(person)?, person.profile.as_ref()?);
            let is_new = !self.known.named.contains(&user.id);
            (profile.username == user.username && is_new).then(|| user.clone())
        });
        people.collect()
    }

    /// The account before the sync. That of an entry that cannot be used is not enabled.
    fn seen(&self, user: &User, person: &Person) -> User {
        let is_kept = person.profile.is_none();
        User {
            disabled: user.disabled && !is_kept,
            email_verified: user.email_verified || (is_kept && user.email.is_some()),
            ..user.clone()
        }
    }

    /// Whether a person is to be an administrator; `None` when that stays as it is.
    fn is_admin(&self, position: usize) -> Option<bool> {
        let position = u32::try_from(position).ok()?;
        match self.administrators {
            Administrators::Nobody => Some(false),
            Administrators::Of(group) if group.members.contains(&position) => Some(true),
            Administrators::Of(group) => (!group.is_partial).then_some(false),
            Administrators::Unknown => None,
        }
    }

    /// Groups that go, come and change, and their members.
    fn groups(&mut self) -> Vec<GroupStep> {
        let Some(present) = &self.contents.groups else { return Vec::new() };
        let known: HashMap<_, _> =
            self.known.groups.iter().map(|k| (&k.group.ldap_id, k)).collect();
        let ids: HashSet<_> = present.iter().map(|group| Some(group.id.clone())).collect();
        let (gone, stay): (Vec<_>, Vec<_>) =
            self.known.groups.iter().partition(|known| !ids.contains(&known.group.ldap_id));
        let mut names: HashSet<String> = self.known.taken_groups.clone();
        names.extend(stay.iter().map(|known| known.group.name.to_string()));
        if matches!(self.administrators, Administrators::Unknown) {
            // A group that got the name now would be the one of the administrators next time.
            names.extend(self.rules.admin_group.map(str::to_owned));
        }
        let mut steps: Vec<_> =
            gone.into_iter().map(|known| GroupStep::Delete(known.group.clone())).collect();
        let accounts: HashMap<_, _> = self.users.iter().map(|(id, user)| (*id, user.id)).collect();
        let mut memberships = Vec::new();
        for group in present {
            let before = known.get(&Some(group.id.clone())).copied();
            let is_same =
                before.is_some_and(|known| Some(&known.group.name) == group.name.as_ref());
            let name = group.name.as_ref().filter(|_| !is_same);
            let free = name.filter(|name| names.insert(name.to_string()));
            if let (Some(name), None) = (name, free) {
                self.warnings.add(format!("group {name}: another group has this name"));
            }
            match (before, free) {
                (Some(before), free) => {
                    steps.extend(free.map(|name| GroupStep::Rename {
                        before: before.group.clone(),
                        name: name.clone(),
                    }));
                    memberships.extend(self.members(group, before, &accounts));
                }
                (None, Some(name)) => steps.push(GroupStep::Create {
                    id: group.id.clone(),
                    name: name.clone(),
                    members: self.ids_of(group),
                }),
                (None, None) => {}
            }
        }
        steps.extend(memberships);
        steps
    }

    /// The ids of the members of a group who have an account after the sync.
    fn ids_of(&self, group: &DirectoryGroup) -> Vec<DirectoryId> {
        let members = group.members.iter().map(|position| *position as usize);
        let people = members.filter_map(|position| {
            let person = self.contents.people.get(position)?;
            self.has_account(position, person).then(|| person.id.clone())
        });
        people.collect()
    }

    /// Whether a person has an account after the sync.
    fn has_account(&self, position: usize, person: &Person) -> bool {
        let is_created = person.profile.is_some() && !self.names.refused.contains_key(&position);
        is_created || self.account(person).is_some()
    }

    fn members(
        &self,
        group: &DirectoryGroup,
        before: &KnownGroup,
        accounts: &HashMap<&DirectoryId, UserId>,
    ) -> Option<GroupStep> {
        let wanted = self.ids_of(group);
        let known: HashSet<UserId> =
            wanted.iter().filter_map(|id| accounts.get(id).copied()).collect();
        let is_new =
            |id: &DirectoryId| accounts.get(id).is_none_or(|one| !before.members.contains(one));
        let leaves = |member: &&UserId| !group.is_partial && !known.contains(*member);
        let removed: Vec<_> = before.members.iter().filter(leaves).copied().collect();
        let added: Vec<_> = wanted.into_iter().filter(is_new).collect();
        (!added.is_empty() || !removed.is_empty()).then(|| GroupStep::Members {
            group: before.group.clone(),
            added,
            removed,
        })
    }

    fn pictures(&self) -> Vec<PictureStep> {
        let mut steps = Vec::new();
        for (position, person) in self.contents.people.iter().enumerate() {
            let account = self.account(person);
            let before = account.and_then(|user| self.known.pictures.get(&user.id));
            let now = person.picture.as_ref().map(|picture| picture.digest.as_str());
            if before.map(Digest::hex).as_deref() != now && self.has_account(position, person) {
                let source = person.picture.clone();
                steps.push(PictureStep { id: person.id.clone(), source });
            }
        }
        steps
    }

    fn losses(&self, steps: &[SyncStep]) -> AllLosses {
        let (mut users, mut groups, mut members) =
            (Losses::default(), Losses::default(), Losses::default());
        let known = self.known.users.iter();
        users.known = known.filter(|user| !self.rules.soft_delete || !user.disabled).count();
        users.present = self.contents.people.len();
        groups.known = self.known.groups.len();
        members.known = self.known.groups.iter().map(|known| known.members.len()).sum();
        for group in self.contents.groups.iter().flatten() {
            groups.present += 1;
            members.present += group.members.len();
        }
        for step in steps {
            match step {
                SyncStep::User(UserStep::Disable(_) | UserStep::Delete(_)) => users.lost += 1,
                SyncStep::Group(GroupStep::Delete(_)) => groups.lost += 1,
                SyncStep::Group(GroupStep::Members { removed, .. }) => {
                    members.lost += removed.len();
                }
                _ => {}
            }
        }
        AllLosses { users, groups, members }
    }
}

/// Finds the group of the administrators. When the directory does not have it, roles stay as they are: its name may
/// be misspelt, or the bind DN may not see it. Names of groups are not unique in a directory, and the right to create
/// groups must not make administrators: of several groups with the name, only the one that had it before counts.
fn administrators<'a>(
    contents: &'a DirectoryContents,
    known: &KnownDirectory,
    admin_group: Option<&str>,
    warnings: &mut Warnings,
) -> Administrators<'a> {
    let Some(name) = admin_group else { return Administrators::Nobody };
    let groups = contents.groups.iter().flatten();
    let is_named =
        |group: &&DirectoryGroup| group.name.as_ref().is_some_and(|n| n.as_str() == name);
    let named: Vec<_> = groups.filter(is_named).collect();
    let had_it = |group: &&&DirectoryGroup| {
        let mut known = known.groups.iter().map(|known| &known.group);
        known.any(|known| known.name.as_str() == name && known.ldap_id.as_ref() == Some(&group.id))
    };
    let (found, what) = match named.as_slice() {
        [] => (None, "there is no group"),
        [group] => (Some(*group), ""),
        several => (several.iter().find(had_it).copied(), "there are several groups"),
    };
    if found.is_none() {
        warnings.add(format!("{what} {name}, so administrators stay as they are"));
    }
    found.map_or(Administrators::Unknown, Administrators::Of)
}

fn profile_of(user: &User) -> PersonProfile {
    PersonProfile {
        username: user.username.clone(),
        email: user.email.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        display_name: user.display_name.clone(),
    }
}

#[cfg(test)]
mod tests;
