//! Reads a directory as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    members::{OtherMember, PersonIndex, RawGroup, TooManyMembers, resolve},
    people::{Person, PersonRules, Unusable},
    settings::{DirectorySettings, GroupAttributes},
    unique_id::unique_id,
    warnings::{Warnings, shown},
};
use crate::{
    model::{DirectoryId, FriendlyName, GroupName, reads_as_id},
    outbound::{LdapEntry, LdapFault, LdapQuery, LdapSession},
};

/// How many users are taken at most.
const MAX_USERS: usize = 100_000;
/// How many groups are taken at most.
const MAX_GROUPS: usize = 20_000;
/// How many bytes of names are held at most: of users, and of members that are no users.
const MAX_HELD: usize = 128 * 1024 * 1024;
/// How many members that are no known user are looked up at most.
const MAX_LOOKUPS: usize = 500;
/// How many parts of the members of one group are asked for at most.
const MAX_PARTS: usize = 1_000;

/// The users and groups of a directory.
#[derive(Debug, Default)]
pub struct DirectoryContents {
    /// The users.
    pub people: Vec<Person>,
    /// The groups; `None` when groups are not taken over.
    pub groups: Option<Vec<DirectoryGroup>>,
    /// Entries that cannot be used, and why.
    pub warnings: Warnings,
    /// Attributes that entries of users do not have, and how many of them.
    pub missing: BTreeMap<String, usize>,
}

/// A group of a directory.
#[derive(Debug, Clone)]
pub struct DirectoryGroup {
    /// Its id in the directory.
    pub id: DirectoryId,
    /// Its name; `None` when it cannot be used. The group stays as it is then.
    pub name: Option<GroupName>,
    /// Its members, those of nested groups included, by their position.
    pub members: BTreeSet<u32>,
    /// Whether there may be more members.
    pub is_partial: bool,
}

/// The contents of a directory, for people who set it up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DirectorySample {
    /// How many users there are.
    pub users: usize,
    /// The first usernames.
    pub first_users: Vec<String>,
    /// How many groups there are.
    pub groups: usize,
    /// The first names of groups.
    pub first_groups: Vec<String>,
    /// How many users lack an attribute that is configured.
    pub missing_attributes: BTreeMap<String, usize>,
    /// How many entries cannot be used.
    pub unusable: usize,
    /// Why, for the first of them.
    pub first_unusable: Vec<String>,
}

impl DirectoryContents {
    /// Reads all users and groups.
    pub async fn read(
        settings: &DirectorySettings,
        session: &mut LdapSession,
    ) -> Result<Self, LdapFault> {
        let mut reading = Reading::new(settings, session.host());
        let attributes = settings.user.all();
        let query = LdapQuery {
            base: &settings.base,
            is_base_only: false,
            filter: &settings.user_filter,
            attributes: &attributes,
            max_entries: MAX_USERS,
        };
        session.search(&query, &mut |entry| reading.person(&entry)).await?;
        let Some(attributes) =
            settings.group.as_ref().filter(|_| !settings.group_filter.is_empty())
        else {
            return Ok(reading.contents);
        };
        let names = [&attributes.id, &attributes.name, &attributes.member].map(Clone::clone);
        let query = LdapQuery {
            filter: &settings.group_filter,
            attributes: &names,
            max_entries: MAX_GROUPS,
            ..query
        };
        session.search(&query, &mut |entry| reading.group(&entry, attributes)).await?;
        reading.complete_parts(session, &attributes.member).await?;
        reading.look_up_others(session).await?;
        reading.finish()
    }

    /// The contents in short.
    pub fn sample(&self) -> DirectorySample {
        const FIRST: usize = 5;
        let users = self.people.iter().filter_map(|person| person.profile.as_ref());
        let groups = self.groups.iter().flatten();
        let named = groups.clone().filter_map(|group| group.name.as_ref());
        DirectorySample {
            users: self.people.len(),
            first_users: users.take(FIRST).map(|one| one.username.to_string()).collect(),
            groups: groups.count(),
            first_groups: named.take(FIRST).map(ToString::to_string).collect(),
            missing_attributes: self.missing.clone(),
            unusable: self.warnings.count(),
            first_unusable: self.warnings.kept().iter().take(FIRST).cloned().collect(),
        }
    }
}

/// A directory that is being read.
struct Reading<'a> {
    settings: &'a DirectorySettings,
    host: String,
    contents: DirectoryContents,
    index: PersonIndex,
    ids: HashSet<DirectoryId>,
    group_ids: HashSet<DirectoryId>,
    groups: Vec<RawGroup>,
    /// The DNs of groups of which a part of the members has come, and the name of that part.
    parts: Vec<(usize, String, String)>,
    held: usize,
}

impl<'a> Reading<'a> {
    fn new(settings: &'a DirectorySettings, host: &str) -> Self {
        Self {
            settings,
            host: host.to_owned(),
            contents: DirectoryContents::default(),
            index: PersonIndex::new(&settings.user.username),
            ids: HashSet::new(),
            group_ids: HashSet::new(),
            groups: Vec::new(),
            parts: Vec::new(),
            held: 0,
        }
    }

    /// Counts bytes that are kept.
    fn hold(&mut self, bytes: usize) -> Result<(), LdapFault> {
        self.held += bytes;
        if self.held <= MAX_HELD {
            return Ok(());
        }
        Err(LdapFault::TooMuch { host: self.host.clone(), limit: "128 MiB of names".to_owned() })
    }

    fn person(&mut self, entry: &LdapEntry) -> Result<(), LdapFault> {
        let settings = self.settings;
        let rules =
            PersonRules { attributes: &settings.user, require_email: settings.require_email };
        for attribute in settings.user.all() {
            if entry.values(&attribute).is_empty() {
                *self.contents.missing.entry(attribute).or_default() += 1;
            }
        }
        let id = match rules.id(entry) {
            Ok(id) => id,
            Err(Unusable(why)) => {
                self.contents.warnings.add(why);
                return Ok(());
            }
        };
        if !self.ids.insert(id.clone()) {
            let name = shown(&entry.dn);
            self.contents.warnings.add(format!("{name}: another user has the id {id}"));
            return Ok(());
        }
        let profile = match rules.profile(entry) {
            Ok(profile) => Some(profile),
            Err(Unusable(why)) => {
                self.contents.warnings.add(why);
                None
            }
        };
        let person = Person { id, profile, picture: rules.picture(entry) };
        let position = u32::try_from(self.contents.people.len()).unwrap_or(u32::MAX);
        self.index.add(position, &entry.dn, &person);
        self.contents.people.push(person);
        // The fields of an account are bounded, and its DN is as long as the directory likes.
        self.hold(entry.dn.len() + 500)
    }

    fn group(&mut self, entry: &LdapEntry, attributes: &GroupAttributes) -> Result<(), LdapFault> {
        let dn = shown(&entry.dn);
        let value = entry.values(&attributes.id).first();
        let Some(id) = value.and_then(|value| unique_id(value)) else {
            self.contents.warnings.add(format!("{dn}: no {}", attributes.id));
            return Ok(());
        };
        if !self.group_ids.insert(id.clone()) {
            self.contents.warnings.add(format!("{dn}: another group has the id {id}"));
            return Ok(());
        }
        let name = match group_name(entry, &attributes.name) {
            Ok(name) => Some(name),
            Err(why) => {
                self.contents.warnings.add(format!("{dn}: {why}"));
                None
            }
        };
        let part = entry.part_of(&attributes.member).map(str::to_owned);
        let mut group = RawGroup::new(id, name, &entry.dn);
        group.is_partial = part.is_some();
        self.place(entry, part.as_deref().unwrap_or(&attributes.member), &mut group)?;
        if let Some(part) = part {
            self.parts.push((self.groups.len(), entry.dn.clone(), part));
        }
        self.groups.push(group);
        self.hold(entry.dn.len() + 500)
    }

    /// Adds the members in an attribute to a group.
    fn place(
        &mut self,
        entry: &LdapEntry,
        attribute: &str,
        group: &mut RawGroup,
    ) -> Result<(), LdapFault> {
        let before = group.others.len();
        for member in entry.values(attribute) {
            self.index.place(&String::from_utf8_lossy(member), group);
        }
        let others = group.others[before..].iter();
        self.hold(others.map(|other| 2 * other.name.len() + 100).sum())
    }

    /// Asks for the rest of the members of groups of which a part has come, as Active Directory returns them.
    async fn complete_parts(
        &mut self,
        session: &mut LdapSession,
        member: &str,
    ) -> Result<(), LdapFault> {
        for (position, dn, mut part) in std::mem::take(&mut self.parts) {
            for _ in 0..MAX_PARTS {
                let Some(next) = next_part(&part) else {
                    self.groups[position].is_partial = false;
                    break;
                };
                let attributes = [format!("{member};range={next}-*")];
                let Some(entry) = look_up(session, &dn, &attributes).await? else { break };
                let Some(found) = entry.part_of(member).map(str::to_owned) else { break };
                let mut group = self.groups[position].clone();
                self.place(&entry, &found, &mut group)?;
                self.groups[position] = group;
                part = found;
            }
            if self.groups[position].is_partial {
                let name = shown(&dn);
                self.contents.warnings.add(format!("{name}: only a part of its members came"));
            }
        }
        Ok(())
    }

    /// Finds out who members are that are neither a known user nor a group.
    async fn look_up_others(&mut self, session: &mut LdapSession) -> Result<(), LdapFault> {
        let groups: HashSet<String> = self.groups.iter().filter_map(|one| one.dn.clone()).collect();
        let mut found: HashMap<String, Option<u32>> = HashMap::new();
        let mut skipped = 0;
        for position in 0..self.groups.len() {
            for other in std::mem::take(&mut self.groups[position].others) {
                if groups.contains(&other.normal) {
                    self.groups[position].others.push(other);
                    continue;
                }
                if !other.is_dn {
                    continue;
                }
                let named = self.index.by_first_part(&other.name);
                if named.is_none() && self.index.has_username_first(&other.name) {
                    continue;
                }
                let person = if let Some(person) = found.get(&other.normal) {
                    *person
                } else if found.len() >= MAX_LOOKUPS {
                    skipped += 1;
                    // It may be one of our users, and that user must not lose the group.
                    self.groups[position].is_partial |= named.is_some();
                    None
                } else {
                    let person = self.person_at(session, &other, named).await?;
                    found.insert(other.normal, person);
                    person
                };
                self.groups[position].people.extend(person);
            }
        }
        if skipped > 0 {
            let more = format!("{skipped} members of groups are no users, and were not looked up");
            self.contents.warnings.add(more);
        }
        Ok(())
    }

    /// The person at a DN that no user was read with. An entry is a person by its id, since another entry may have
    /// the same username; without an entry, the person is the one that the DN names.
    async fn person_at(
        &self,
        session: &mut LdapSession,
        other: &OtherMember,
        named: Option<u32>,
    ) -> Result<Option<u32>, LdapFault> {
        let attribute = &self.settings.user.id;
        let entry = look_up(session, &other.name, std::slice::from_ref(attribute)).await?;
        let Some(entry) = entry else { return Ok(named) };
        let id = entry.values(attribute).first().and_then(|value| unique_id(value));
        Ok(id.and_then(|id| self.index.by_id(&id)))
    }

    fn finish(self) -> Result<DirectoryContents, LdapFault> {
        let members = resolve(&self.groups).map_err(|TooManyMembers| LdapFault::TooMuch {
            host: self.host.clone(),
            limit: "5 million members of nested groups".to_owned(),
        })?;
        let groups = self.groups.into_iter().zip(members).map(|(group, members)| DirectoryGroup {
            id: group.id,
            name: group.name,
            members: members.people,
            is_partial: members.is_partial,
        });
        Ok(DirectoryContents { groups: Some(groups.collect()), ..self.contents })
    }
}

/// Reads one entry; `None` when there is none, or none that the bind DN may see.
pub(super) async fn look_up(
    session: &mut LdapSession,
    dn: &str,
    attributes: &[String],
) -> Result<Option<LdapEntry>, LdapFault> {
    let query = LdapQuery {
        base: dn,
        is_base_only: true,
        filter: "(objectClass=*)",
        attributes,
        max_entries: 1,
    };
    let mut found = None;
    let mut keep = |entry| {
        found = Some(entry);
        Ok(())
    };
    match session.search(&query, &mut keep).await {
        Ok(()) => Ok(found),
        Err(LdapFault::Search { code, .. }) if is_absence(code) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whether a result code says that there is no entry to read (RFC 4511 Appendix A): no such object, a malformed DN,
/// no right to see it, or an entry of another server. After any other one, such as busy, it is unknown whether
/// there is one.
fn is_absence(code: u32) -> bool {
    matches!(code, 10 | 32 | 34 | 50)
}

/// The name of a group, under the rules of names and of display names: it is both (Pocket ID 2.14).
fn group_name(entry: &LdapEntry, attribute: &str) -> Result<GroupName, String> {
    let value = entry.values(attribute).first().map(Vec::as_slice).unwrap_or_default();
    let text = String::from_utf8_lossy(value);
    let name: GroupName = text.parse().map_err(|error| format!("the name {error}"))?;
    text.parse::<FriendlyName>().map_err(|error| format!("the name {error}"))?;
    if reads_as_id(name.as_str()) {
        return Err(format!("the name {name} has the form of an id"));
    }
    Ok(name)
}

/// Where the next part begins after one such as `member;range=0-1499`; `None` after the last one, which ends
/// with `*`.
fn next_part(name: &str) -> Option<u64> {
    let (_, end) = name.rsplit_once('-')?;
    end.parse::<u64>().ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_attributes_go_on_where_the_last_one_ended() {
        assert_eq!(next_part("member;range=0-1499"), Some(1_500));
        assert_eq!(next_part("member;range=1500-*"), None);
        assert_eq!(next_part("member"), None);
    }

    #[test]
    fn only_some_codes_say_that_there_is_no_entry() {
        for code in [10, 32, 34, 50] {
            assert!(is_absence(code), "{code}");
        }
        for code in [1, 2, 3, 4, 11, 49, 51, 52, 53, 80] {
            assert!(!is_absence(code), "{code}");
        }
    }

    #[test]
    fn a_group_needs_a_name_that_is_a_display_name_too() {
        let name = |text: &str| {
            let values = vec![("cn".to_owned(), vec![text.as_bytes().to_vec()])];
            group_name(&LdapEntry::new("cn=x", values), "cn").map(|name| name.to_string())
        };
        assert_eq!(name(" staff "), Ok("staff".to_owned()));
        assert!(name("x").unwrap_err().contains("at least 2"));
        assert!(name(&"x".repeat(51)).unwrap_err().contains("at most 50"));
        assert!(name("a\u{7}b").unwrap_err().contains("control"));
    }
}
