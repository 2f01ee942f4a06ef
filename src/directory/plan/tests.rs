use super::*;
use crate::model::{Group, GroupId, Timestamp};

const RULES: SyncRules<'_> =
    SyncRules { admin_group: Some("admins"), soft_delete: true, pictures: false };

fn profile(username: &str) -> PersonProfile {
    PersonProfile {
        username: username.parse().unwrap(),
        email: format!("{username}@example.com").parse().ok(),
        first_name: "".parse().unwrap(),
        last_name: "".parse().unwrap(),
        display_name: username.parse().unwrap(),
    }
}

fn person(id: &str, username: &str) -> Person {
    Person { id: id.parse().unwrap(), profile: Some(profile(username)), picture: None }
}

fn account(number: u128, id: &str, username: &str) -> User {
    let PersonProfile { username, email, first_name, last_name, display_name } = profile(username);
    User {
        id: UserId(uuid::Uuid::from_u128(number)),
        username,
        email,
        email_verified: true,
        first_name,
        last_name,
        display_name,
        is_admin: false,
        disabled: false,
        locale: None,
        created_at: Timestamp::from_unix(0),
        updated_at: Timestamp::from_unix(0),
        ldap_id: id.parse().ok(),
        user_type: crate::model::UserType::Person,
    }
}

fn group(id: &str, name: &str, members: &[u32]) -> DirectoryGroup {
    DirectoryGroup {
        id: id.parse().unwrap(),
        name: name.parse().ok(),
        members: members.iter().copied().collect(),
        is_partial: false,
    }
}

fn known_group(id: &str, name: &str, members: &[u128]) -> KnownGroup {
    KnownGroup {
        group: Group {
            id: GroupId(uuid::Uuid::from_u128(u128::from(name.len() as u64))),
            name: name.parse().unwrap(),
            friendly_name: name.parse().unwrap(),
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(0),
            ldap_id: id.parse().ok(),
        },
        members: members.iter().map(|number| UserId(uuid::Uuid::from_u128(*number))).collect(),
    }
}

fn contents(people: Vec<Person>, groups: Vec<DirectoryGroup>) -> DirectoryContents {
    DirectoryContents { people, groups: Some(groups), ..DirectoryContents::default() }
}

fn told(plan: &SyncPlan) -> Vec<String> {
    let step = |step: &SyncStep| {
        format!("{} {} {} {}", step.action(), step.kind(), step.name(), step.details())
    };
    plan.steps.iter().map(step).map(|step| step.trim_end().to_owned()).collect()
}

#[test]
fn people_come_change_and_leave() {
    let mut renamed = person("2", "bob");
    renamed.profile.as_mut().unwrap().display_name = "Bob".parse().unwrap();
    let known = KnownDirectory {
        users: vec![account(1, "1", "alice"), account(2, "2", "bob"), account(3, "3", "carol")],
        ..KnownDirectory::default()
    };
    let contents = contents(vec![person("1", "alice"), renamed, person("4", "dave")], vec![]);
    let rules = SyncRules { admin_group: None, ..RULES };
    let found = plan(&contents, &known, rules);
    let steps = ["disable user carol", "change user bob displayName", "create user dave"];
    assert_eq!(told(&found), steps);
    assert_eq!(found.refusal, None);
    let hard = plan(&contents, &known, SyncRules { soft_delete: false, ..rules });
    assert_eq!(told(&hard)[0], "delete user carol");
}

#[test]
fn who_returns_is_enabled_again() {
    let mut carol = account(3, "3", "carol");
    carol.disabled = true;
    let known = KnownDirectory { users: vec![carol], ..KnownDirectory::default() };
    let here = plan(&contents(vec![person("3", "carol")], vec![]), &known, RULES);
    assert_eq!(told(&here), ["enable user carol"]);
    // An entry that cannot be used leaves everything as it is.
    let broken = Person { profile: None, ..person("3", "carol") };
    assert_eq!(told(&plan(&contents(vec![broken], vec![]), &known, RULES)), [""; 0]);
}

#[test]
fn members_of_the_group_of_administrators_are_administrators() {
    let people = vec![person("1", "alice"), person("2", "bob")];
    let mut bob = account(2, "2", "bob");
    bob.is_admin = true;
    let known = KnownDirectory { users: vec![bob.clone()], ..KnownDirectory::default() };
    let found = plan(&contents(people.clone(), vec![group("g", "admins", &[0])]), &known, RULES);
    assert_eq!(
        told(&found),
        [
            "create user alice administrator",
            "change user bob is no longer an administrator",
            "create group admins 1 members"
        ]
    );
    let missing = plan(&contents(people, vec![]), &known, RULES);
    assert_eq!(told(&missing), ["create user alice"]);
    assert!(missing.warnings.kept()[0].contains("no group admins"));
}

/// The right to create a group with that name must not make administrators.
#[test]
fn of_several_groups_of_administrators_only_the_one_of_before_counts() {
    let people = || vec![person("1", "alice"), person("2", "mallory")];
    let groups = || vec![group("evil", "admins", &[1]), group("g", "admins", &[0])];
    let users = || {
        let mut alice = account(1, "1", "alice");
        alice.is_admin = true;
        vec![alice, account(2, "2", "mallory")]
    };
    let nobody = KnownDirectory { users: users(), ..KnownDirectory::default() };
    let found = plan(&contents(people(), groups()), &nobody, RULES);
    // Neither gets the name, which would make it the known one.
    assert_eq!(told(&found), [""; 0]);
    let warning = "there are several groups admins, so administrators stay as they are";
    assert!(found.warnings.kept().contains(&warning.to_owned()), "{:?}", found.warnings);

    let known = KnownDirectory {
        users: users(),
        groups: vec![known_group("g", "admins", &[1])],
        ..KnownDirectory::default()
    };
    let found = plan(&contents(people(), groups()), &known, RULES);
    assert_eq!(told(&found), [""; 0]);
    assert!(!found.warnings.kept().contains(&warning.to_owned()));
    // A group that had another name before does not count as the known one.
    let known = KnownDirectory {
        users: users(),
        groups: vec![known_group("evil", "readers", &[2])],
        ..KnownDirectory::default()
    };
    let found = plan(&contents(people(), groups()), &known, RULES);
    assert_eq!(told(&found), [""; 0]);
}

#[test]
fn a_part_of_the_group_of_administrators_takes_the_role_from_nobody() {
    let mut bob = account(2, "2", "bob");
    bob.is_admin = true;
    let known = KnownDirectory {
        users: vec![account(1, "1", "alice"), bob],
        groups: vec![known_group("g", "admins", &[1, 2])],
        ..KnownDirectory::default()
    };
    let people = vec![person("1", "alice"), person("2", "bob"), person("3", "carol")];
    let part = DirectoryGroup { is_partial: true, ..group("g", "admins", &[0]) };
    let found = plan(&contents(people, vec![part]), &known, RULES);
    assert_eq!(told(&found), ["change user alice becomes an administrator", "create user carol"]);
}

#[test]
fn names_of_accounts_made_here_are_not_taken() {
    let taken = ["root".to_owned()].into();
    let known =
        KnownDirectory { users: vec![account(2, "2", "bob")], taken, ..KnownDirectory::default() };
    let people = vec![person("1", "root"), person("2", "root"), person("3", "eve")];
    let rules = SyncRules { admin_group: None, ..RULES };
    let found = plan(&contents(people, vec![group("g", "staff", &[0, 2])]), &known, rules);
    assert_eq!(
        told(&found),
        ["change user bob displayName", "create user eve", "create group staff 1 members"]
    );
    assert_eq!(found.warnings.kept(), ["root: another account has the name root"; 2]);
}

#[test]
fn groups_come_change_and_go() {
    let known = KnownDirectory {
        users: vec![account(1, "1", "alice"), account(2, "2", "bob")],
        groups: vec![
            known_group("g1", "staff", &[1, 9]),
            known_group("g2", "old", &[]),
            known_group("g3", "gone-away", &[1]),
        ],
        ..KnownDirectory::default()
    };
    let people = vec![person("1", "alice"), person("2", "bob"), person("3", "carol")];
    let groups =
        vec![group("g1", "staff", &[0, 1, 2]), group("g2", "new", &[]), group("g4", "club", &[2])];
    let found = plan(&contents(people.clone(), groups), &known, RULES);
    assert_eq!(
        told(&found),
        [
            "create user carol",
            "delete group gone-away",
            "change group old is called new",
            "create group club 1 members",
            "change group staff members: 2 added, 1 removed",
        ]
    );
    // Without all members, no member is removed.
    let part = DirectoryGroup { is_partial: true, ..group("g1", "staff", &[0]) };
    let groups = vec![part, group("g2", "old", &[]), group("g3", "gone-away", &[0])];
    let found = plan(&contents(people[..2].to_vec(), groups), &known, RULES);
    assert_eq!(told(&found), [""; 0]);
}

#[test]
fn a_directory_that_lost_its_data_is_refused() {
    let users: Vec<_> = (1..=10)
        .map(|number| account(number, &number.to_string(), &format!("user{number}")))
        .collect();
    let known = KnownDirectory {
        users,
        groups: vec![known_group("g1", "staff", &[1, 2])],
        ..KnownDirectory::default()
    };
    let people = |count: u32| {
        (1..=count).map(|n| person(&n.to_string(), &format!("user{n}"))).collect::<Vec<_>>()
    };
    let staff = || vec![group("g1", "staff", &[0, 1])];
    let refusal = |contents| plan(&contents, &known, RULES).refusal.map(|r| r.to_string());
    assert_eq!(refusal(contents(people(10), staff())), None);
    assert_eq!(refusal(contents(people(7), staff())), None);
    let told = refusal(contents(people(6), staff())).unwrap();
    assert_eq!(told, "4 of 10 accounts of the directory would leave");
    assert!(refusal(contents(vec![], staff())).unwrap().contains("returned no user"));
    assert!(refusal(contents(people(10), vec![])).unwrap().contains("returned no group"));
    let empty = vec![group("g1", "staff", &[])];
    assert!(refusal(contents(people(10), empty)).unwrap().contains("no group of the directory"));
}
