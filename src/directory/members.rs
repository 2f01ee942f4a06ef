//! The members of groups. They are named by their DN or by their username, and groups may be members
//! of groups.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    dn::{first_rdn, normal},
    people::Person,
};
use crate::model::{DirectoryId, GroupName};

/// How many memberships are resolved at most, also of nested groups.
const MAX_WORK: usize = 5_000_000;

/// The people of a directory, by how groups name them.
#[derive(Debug, Default)]
pub struct PersonIndex {
    by_dn: HashMap<String, u32>,
    by_id: HashMap<DirectoryId, u32>,
    by_username: HashMap<String, u32>,
    /// The attribute of usernames, in lower case.
    username_attribute: String,
}

/// A group as it is read: its members are looked up as far as they are people.
#[derive(Debug, Clone)]
pub struct RawGroup {
    /// The id in the directory.
    pub id: DirectoryId,
    /// The name; `None` when it cannot be used. The group stays as it is then.
    pub name: Option<GroupName>,
    /// The DN, in its form for comparisons.
    pub dn: Option<String>,
    /// People, by their position.
    pub people: BTreeSet<u32>,
    /// Members that are no known person.
    pub others: Vec<OtherMember>,
    /// Whether the server returned only a part of the members.
    pub is_partial: bool,
}

/// A member of a group that is no known person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherMember {
    /// As the group names it.
    pub name: String,
    /// In the form for comparisons.
    pub normal: String,
    /// Whether it is a DN, and not a username.
    pub is_dn: bool,
}

/// The members of groups are too many, or groups are nested too deeply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyMembers;

impl RawGroup {
    /// A group without members.
    pub fn new(id: DirectoryId, name: Option<GroupName>, dn: &str) -> Self {
        let (people, others) = (BTreeSet::new(), Vec::new());
        Self { id, name, dn: normal(dn), people, others, is_partial: false }
    }
}

impl PersonIndex {
    /// An empty index, for usernames in this attribute.
    pub fn new(username_attribute: &str) -> Self {
        let username_attribute = username_attribute.to_ascii_lowercase();
        Self { username_attribute, ..Self::default() }
    }

    /// Adds a person. Of two with one username the first one has it.
    pub fn add(&mut self, position: u32, dn: &str, person: &Person) {
        if let Some(dn) = normal(dn) {
            self.by_dn.entry(dn).or_insert(position);
        }
        self.by_id.entry(person.id.clone()).or_insert(position);
        if let Some(profile) = &person.profile {
            self.by_username.entry(profile.username.folded()).or_insert(position);
        }
    }

    /// Adds a member to a group.
    pub fn place(&self, member: &str, group: &mut RawGroup) {
        match self.find(member) {
            Ok(position) => drop(group.people.insert(position)),
            Err(other) => group.others.push(other),
        }
    }

    /// Finds the person behind a member; else returns its form for comparisons.
    fn find(&self, member: &str) -> Result<u32, OtherMember> {
        let name = member.to_owned();
        let Some(dn) = normal(member) else {
            let normal = member.trim().to_ascii_lowercase();
            let found = self.by_username.get(&normal).copied();
            return found.ok_or(OtherMember { name, normal, is_dn: false });
        };
        self.by_dn.get(&dn).copied().ok_or(OtherMember { name, normal: dn, is_dn: true })
    }

    /// The person with the username in the first part of a DN, if that is the attribute of usernames.
    pub fn by_first_part(&self, dn: &str) -> Option<u32> {
        let first = first_rdn(dn).filter(|first| first.attribute == self.username_attribute)?;
        self.by_username(&first.value)
    }

    /// Whether the first part of a DN is a username.
    pub fn has_username_first(&self, dn: &str) -> bool {
        first_rdn(dn).is_some_and(|first| first.attribute == self.username_attribute)
    }

    /// The person whose entry has this id.
    pub fn by_id(&self, id: &DirectoryId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The person with this username.
    fn by_username(&self, username: &str) -> Option<u32> {
        self.by_username.get(&username.to_ascii_lowercase()).copied()
    }
}

/// The members of a group, those of nested groups included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolvedMembers {
    /// People, by their position.
    pub people: BTreeSet<u32>,
    /// Whether there may be more members, of the group or of a nested one.
    pub is_partial: bool,
}

/// The members of each group, those of nested groups included.
pub fn resolve(groups: &[RawGroup]) -> Result<Vec<ResolvedMembers>, TooManyMembers> {
    let by_dn: HashMap<&str, usize> = groups
        .iter()
        .enumerate()
        .filter_map(|(position, group)| Some((group.dn.as_deref()?, position)))
        .collect();
    let nested: Vec<Vec<usize>> = groups
        .iter()
        .map(|group| {
            let others = group.others.iter();
            others.filter_map(|other| by_dn.get(other.normal.as_str()).copied()).collect()
        })
        .collect();
    let mut work = 0;
    let mut count = |steps: usize| {
        work += steps;
        if work > MAX_WORK { Err(TooManyMembers) } else { Ok(()) }
    };
    let resolved = groups.iter().enumerate().map(|(position, group)| {
        let mut members =
            ResolvedMembers { people: group.people.clone(), is_partial: group.is_partial };
        count(members.people.len())?;
        let (mut seen, mut next) = (HashSet::from([position]), nested[position].clone());
        while let Some(inner) = next.pop() {
            // Groups that were seen already are work, too: each may be in each other one.
            count(1)?;
            if !seen.insert(inner) {
                continue;
            }
            count(groups[inner].people.len())?;
            members.people.extend(&groups[inner].people);
            members.is_partial |= groups[inner].is_partial;
            next.extend(&nested[inner]);
        }
        Ok(members)
    });
    resolved.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(username: &str) -> Person {
        Person {
            id: username.parse().unwrap(),
            profile: Some(super::super::people::PersonProfile {
                username: username.parse().unwrap(),
                email: None,
                first_name: "".parse().unwrap(),
                last_name: "".parse().unwrap(),
                display_name: "".parse().unwrap(),
            }),
            picture: None,
        }
    }

    fn index() -> PersonIndex {
        let mut index = PersonIndex::new("uid");
        index.add(0, "uid=alice,ou=people,dc=x", &person("alice"));
        index.add(1, "cn=Bob,ou=people,dc=x", &person("Bob"));
        index
    }

    fn group(name: &str, members: &[&str]) -> RawGroup {
        let dn = format!("cn={name},dc=x");
        let mut group = RawGroup::new(name.parse().unwrap(), name.parse().ok(), &dn);
        members.iter().for_each(|member| index().place(member, &mut group));
        group
    }

    #[test]
    fn members_are_found_by_dn_and_by_username() {
        let staff =
            group("staff", &["UID=Alice, ou=People,dc=x", "bob", "mallory", "uid=eve,dc=x"]);
        assert_eq!(staff.people, BTreeSet::from([0, 1]));
        let others: Vec<_> = staff.others.iter().map(|other| other.normal.as_str()).collect();
        assert_eq!(others, ["mallory", "uid=eve\0dc=x"]);
        assert_eq!(index().by_first_part("UID=BOB,ou=elsewhere,dc=x"), Some(1));
        assert_eq!(index().by_first_part("cn=alice,ou=elsewhere,dc=x"), None);
    }

    #[test]
    fn groups_in_groups_give_their_members_and_may_go_in_a_circle() {
        let groups = [
            group("all", &["cn=Staff,dc=x", "cn=guests,dc=x"]),
            group("staff", &["uid=alice,ou=people,dc=x", "cn=all,dc=x"]),
            group("guests", &["cn=bob,ou=people,dc=x"]),
            group("empty", &["cn=empty,dc=x", "cn=nobody,dc=x"]),
        ];
        let members: Vec<_> =
            resolve(&groups).unwrap().into_iter().map(|found| found.people).collect();
        let both = BTreeSet::from([0, 1]);
        assert_eq!(members, [both.clone(), both, BTreeSet::from([1]), BTreeSet::new()]);
    }

    #[test]
    fn a_group_is_partial_when_one_in_it_is() {
        let mut groups = [
            group("all", &["cn=staff,dc=x"]),
            group("staff", &["cn=guests,dc=x"]),
            group("guests", &["bob"]),
            group("alone", &["alice"]),
        ];
        groups[2].is_partial = true;
        let partial: Vec<_> =
            resolve(&groups).unwrap().into_iter().map(|found| found.is_partial).collect();
        assert_eq!(partial, [true, true, true, false]);
    }

    #[test]
    fn what_would_take_too_long_is_refused() {
        let chain: Vec<_> = (0..4_000)
            .map(|number| group(&format!("g{number}"), &[&format!("cn=g{},dc=x", number + 1)]))
            .collect();
        assert_eq!(resolve(&chain), Err(TooManyMembers));
        // Each group is in each other one: few groups, and very many ways between them.
        let names: Vec<_> = (0..300).map(|number| format!("cn=g{number},dc=x")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let dense: Vec<_> = (0..300).map(|number| group(&format!("g{number}"), &names)).collect();
        assert_eq!(resolve(&dense), Err(TooManyMembers));
    }
}
