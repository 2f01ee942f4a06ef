//! `pocketid ldap`, with a real directory.

use serde_json::Value;

use crate::support::{
    cli::{Cli, Ran},
    slapd::{BASE, NARROW_LIMITS, Slapd, dn_of, group, person},
};

/// A provider with an administrator of its own, and a directory.
fn with_directory(entries: &str) -> (Cli, Slapd) {
    let slapd = Slapd::start(entries);
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add root --email root@example.org --admin").expect_success();
    slapd.configure(&cli);
    (cli, slapd)
}

fn people(names: &[&str]) -> String {
    names.iter().map(|name| person(name)).collect()
}

/// A sync that succeeds, with or without warnings. Returns its plan.
#[track_caller]
fn sync(cli: &Cli) -> String {
    let ran = cli.run("ldap sync");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stdout
}

fn users(cli: &Cli) -> Vec<String> {
    let users = cli.run("user list -o json").json();
    let word = |user: &Value| {
        let is = |name: &str| user[name] == true;
        let role = if is("isAdmin") { " admin" } else { "" };
        let state = if is("disabled") { " disabled" } else { "" };
        format!("{}{role}{state}", user["username"].as_str().unwrap())
    };
    users.as_array().unwrap().iter().map(word).collect()
}

fn members(cli: &Cli, group: &str) -> Vec<String> {
    let shown = cli.run(&format!("group show {group} -o json")).json();
    let name = |user: &Value| user["username"].as_str().unwrap().to_owned();
    shown["users"].as_array().unwrap().iter().map(name).collect()
}

/// The contents of the directory. A warning tells that the connection is not encrypted.
fn test(cli: &Cli) -> Value {
    serde_json::from_str(&cli.run("ldap test -o json").stdout).unwrap()
}

fn failed(ran: &Ran, part: &str) {
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains(part), "{}", ran.stderr);
}

#[test]
fn users_and_groups_come_change_leave_and_return() {
    let (alice, bob) = (dn_of("alice"), dn_of("bob"));
    let entries = people(&["alice", "bob", "carol"]) + &group("staff", &[&alice, &bob]);
    let (cli, slapd) = with_directory(&entries);

    let dry = cli.run("ldap sync --dry-run");
    assert!(dry.stdout.contains("+ create user alice\n"), "{}", dry.stdout);
    assert_eq!(users(&cli), ["root admin"]);
    sync(&cli);
    assert_eq!(users(&cli), ["alice", "bob", "carol", "root admin"]);
    assert_eq!(members(&cli, "staff"), ["alice", "bob"]);
    let shown = cli.run("user show alice -o json").json();
    let fields =
        ["email", "emailVerified", "firstName", "displayName"].map(|f| shown[f].to_string());
    assert_eq!(fields, ["\"alice@example.com\"", "true", "\"Alice\"", "\"Alice\""]);
    assert_eq!(sync(&cli), "");

    cli.run("user update root --first-name Root").expect_success();
    slapd.modify(&format!(
        "dn: {alice}\nchangetype: modrdn\nnewrdn: uid=alicia\ndeleteoldrdn: 1\n\n\
         dn: cn=staff,ou=groups,{BASE}\nchangetype: modify\nreplace: member\nmember: {}\n",
        dn_of("carol")
    ));
    slapd.delete(&[&bob]);
    let plan = sync(&cli);
    let expected = "- disable user bob\n~ change user alice (username)\n~ change group staff (members: 1 added, 2 removed)\n";
    assert_eq!(plan, expected);
    assert_eq!(users(&cli), ["alicia", "bob disabled", "carol", "root admin"]);
    assert_eq!(members(&cli, "staff"), ["carol"]);

    // An entry that was deleted and made again is another one: its id has changed.
    slapd.add(&person("bob"));
    let ran = cli.run("ldap sync");
    assert!(ran.stderr.contains("skipped bob: another account has the name bob"), "{}", ran.stderr);
    assert_eq!(users(&cli), ["alicia", "bob disabled", "carol", "root admin"]);

    cli.run("config set ldapSoftDeleteUsers false").expect_success();
    assert!(sync(&cli).starts_with("- delete user bob\n+ create user bob"));
    assert_eq!(users(&cli), ["alicia", "bob", "carol", "root admin"]);
}

#[test]
fn who_left_and_returns_is_enabled_again() {
    let (cli, slapd) = with_directory(&people(&["alice", "bob", "carol"]));
    cli.run("config set ldapUserSearchFilter (&(objectClass=inetOrgPerson)(!(title=gone)))")
        .expect_success();
    sync(&cli);
    let title = |change: &str| {
        slapd.modify(&format!(
            "dn: {}\nchangetype: modify\n{change}: title\n{}",
            dn_of("alice"),
            if change == "add" { "title: gone\n" } else { "" }
        ));
    };
    title("add");
    assert_eq!(sync(&cli), "- disable user alice\n");
    title("delete");
    assert_eq!(sync(&cli), "+ enable user alice\n");
    assert_eq!(users(&cli), ["alice", "bob", "carol", "root admin"]);
}

#[test]
fn administrators_and_nested_groups_follow_the_directory() {
    let inner = format!("cn=inner,ou=groups,{BASE}");
    let outer = format!("cn=outer,ou=groups,{BASE}");
    let entries = people(&["alice", "bob", "carol"])
        + &group("inner", &[&dn_of("bob"), &outer])
        + &group("outer", &[&dn_of("alice"), &inner])
        + &format!(
            "dn: cn=logins,ou=groups,{BASE}\nobjectClass: posixGroup\ncn: logins\ngidNumber: 1\nmemberUid: carol\n\
             memberUid: nobody\n\n"
        );
    let (cli, slapd) = with_directory(&entries);
    cli.run("config set ldapAdminGroupName outer").expect_success();
    sync(&cli);
    assert_eq!(members(&cli, "outer"), ["alice", "bob"]);
    assert_eq!(members(&cli, "inner"), ["alice", "bob"]);
    assert_eq!(users(&cli), ["alice admin", "bob admin", "carol", "root admin"]);

    // The group is not found, so that roles stay.
    cli.run("config set ldapAdminGroupName otuer").expect_success();
    assert!(cli.run("ldap sync").stderr.contains("there is no group otuer"));
    assert_eq!(users(&cli), ["alice admin", "bob admin", "carol", "root admin"]);

    // The last administrator who can sign in stays one.
    cli.run("config set ldapAdminGroupName inner").expect_success();
    cli.run("user update root --no-admin").expect_success();
    slapd.modify(&format!(
        "dn: {inner}\nchangetype: modify\nreplace: member\nmember: {}\n\n\
         dn: {outer}\nchangetype: modify\nreplace: member\nmember: {}\n",
        dn_of("nobody"),
        dn_of("carol")
    ));
    let ran = cli.run("ldap sync --yes");
    assert!(ran.stderr.contains("it is the last administrator who can sign in"), "{}", ran.stderr);
    assert_eq!(users(&cli).iter().filter(|user| user.contains("admin")).count(), 1);

    // posixGroup: members by username.
    cli.run("config set ldapAttributeGroupMember memberUid").expect_success();
    cli.run("config set ldapUserGroupSearchFilter (objectClass=posixGroup)").expect_success();
    cli.run("ldap sync --yes").expect_success();
    assert_eq!(members(&cli, "logins"), ["carol"]);
    cli.run("group show outer").expect_failure(1);
}

/// Names of groups are unique in a part of the directory only, and others may write to another part.
#[test]
fn a_second_group_of_the_name_makes_no_administrators() {
    let second = format!(
        "dn: cn=admins,ou=people,{BASE}\nobjectClass: groupOfNames\ncn: admins\nmember: {}\n\n",
        dn_of("mallory")
    );
    let (cli, slapd) =
        with_directory(&(people(&["alice", "mallory"]) + &group("admins", &[&dn_of("alice")])));
    cli.run("config set ldapAdminGroupName admins").expect_success();
    sync(&cli);
    slapd.add(&second);
    sync(&cli);
    assert_eq!(users(&cli), ["alice admin", "mallory", "root admin"]);

    // An installation that does not know either takes neither.
    let other = Cli::on_the_engine_of_the_tests();
    other.run("user add root --email root@example.org --admin").expect_success();
    slapd.configure(&other);
    other.run("config set ldapAdminGroupName admins").expect_success();
    for _ in 0..2 {
        let ran = other.run("ldap sync");
        assert!(ran.stderr.contains("there are several groups admins"), "{}", ran.stderr);
        assert_eq!(users(&other), ["alice", "mallory", "root admin"]);
    }
}

/// The first part of a DN names a user only as long as nothing else has that DN.
#[test]
fn a_member_with_the_name_of_a_user_elsewhere_is_another_one() {
    let elsewhere = format!("uid=alice,ou=groups,{BASE}");
    let named = format!("cn=Alice,ou=groups,{BASE}");
    let gone = format!("uid=bob,ou=former,{BASE}");
    let entries = people(&["alice", "bob"])
        + &format!("dn: {elsewhere}\nobjectClass: account\nuid: alice\n\n")
        + &format!(
            "dn: {named}\nobjectClass: applicationProcess\nobjectClass: uidObject\ncn: Alice\nuid: alice\n\n"
        )
        + &group("staff", &[&elsewhere, &named, &gone])
        + &group("club", &[&dn_of("alice")]);
    let (cli, _slapd) = with_directory(&entries);
    sync(&cli);
    assert_eq!(members(&cli, "staff"), ["bob"]);
    assert_eq!(members(&cli, "club"), ["alice"]);
}

#[test]
fn entries_that_no_account_can_be_are_skipped_and_the_others_come() {
    let entries = people(&["alice", "root", "bob"])
        + &format!("dn: uid=dup,ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: dup\ncn: D\nsn: D\nmail: alice@example.com\n\n")
        + &format!("dn: uid=nomail,ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: nomail\ncn: N\nsn: N\n\n")
        + &format!("dn: cn=noname,ou=people,{BASE}\nobjectClass: inetOrgPerson\ncn: noname\nsn: N\nmail: n@example.com\n\n")
        // An escape sequence in Base64: ESC [ 2 J.
        + &format!("dn: uid=esc,ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: esc\ncn:: G1sySg==\nsn: E\nmail: e@example.com\n\n")
        + &group("x", &[&dn_of("alice")])
        + &group("staff", &[&dn_of("alice"), &dn_of("nomail")]);
    let (cli, slapd) = with_directory(&entries);
    cli.run("group create staff").expect_success();
    let ran = cli.run("ldap sync");
    for told in [
        "skipped root: another account has the name root",
        "skipped dup: another account has the name alice@example.com",
        "uid=nomail,ou=people,dc=example,dc=com: it has no email, and accounts need one",
        "cn=noname,ou=people,dc=example,dc=com: the username is required",
        "uid=esc,ou=people,dc=example,dc=com: the display name must not contain control characters",
        "cn=x,ou=groups,dc=example,dc=com: the name must be at least 2",
        "skipped group staff: another group has this name",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    assert_eq!(ran.code, Some(0));
    assert_eq!(users(&cli), ["alice", "bob", "root admin"]);
    assert_eq!(members(&cli, "staff"), [""; 0]);

    // An account whose entry has become unusable stays as it is, and its language, too.
    slapd.modify(&format!("dn: {}\nchangetype: modify\ndelete: mail\n", dn_of("bob")));
    cli.run("ldap sync").expect_success();
    assert_eq!(cli.run("user show bob -o json").json()["email"], "bob@example.com");
    let tested = test(&cli);
    assert_eq!((&tested["users"], &tested["missingAttributes"]["mail"]), (&7.into(), &2.into()));
}

#[test]
fn a_directory_that_shows_less_removes_nobody_without_a_yes() {
    let names = ["ann", "ben", "cat", "dan", "eve", "fay"];
    let (cli, slapd) = with_directory(&(people(&names) + &group("staff", &[&dn_of("ann")])));
    sync(&cli);
    let before = users(&cli);

    cli.run("config set ldapUserSearchFilter (uid=nobody)").expect_success();
    failed(
        &cli.run("ldap sync"),
        "the directory returned no user, and 6 accounts would leave; nothing was changed",
    );
    assert_eq!(users(&cli), before);
    cli.run("config set ldapUserSearchFilter (objectClass=inetOrgPerson)").expect_success();

    let gone: Vec<_> = names[..4].iter().map(|name| dn_of(name)).collect();
    slapd.delete(&gone.iter().map(String::as_str).collect::<Vec<_>>());
    failed(&cli.run("ldap sync"), "4 of 6 accounts of the directory would leave");
    cli.run("ldap sync --dry-run").expect_success();
    assert_eq!(users(&cli), before);
    cli.run("ldap sync --yes").expect_success();
    assert_eq!(users(&cli)[..2], ["ann disabled", "ben disabled"]);
}

#[test]
fn pictures_come_once_and_go() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let png = include_bytes!("../protocol/api/every_route.png");
    let photo = |value: &[u8]| format!("jpegPhoto:: {}\n", BASE64_STANDARD.encode(value));
    let entry = |name: &str, photo: String| {
        format!("{}{photo}\n", person(name).trim_end().to_owned() + "\n")
    };
    let encoded = BASE64_STANDARD.encode(png);
    let entries = entry("alice", photo(png))
        + &entry("bob", photo(encoded.as_bytes()))
        + &entry("carol", photo(b"no picture"))
        + &person("dave");
    let (cli, slapd) = with_directory(&entries);
    cli.run("config set ldapAttributeUserProfilePicture jpegPhoto").expect_success();
    let ran = cli.run("ldap sync");
    let told = "uid=carol,ou=people,dc=example,dc=com: its picture is none";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let changes = || cli.run("audit list --event ACCOUNT_CHANGED").ok().lines().count();
    assert_eq!(changes(), 2);
    // Neither pictures nor values that are no picture are decoded again.
    assert_eq!(sync(&cli), "");
    assert_eq!(changes(), 2);
    slapd.modify(&format!("dn: {}\nchangetype: modify\ndelete: jpegPhoto\n", dn_of("alice")));
    cli.run("ldap sync").expect_success();
    assert_eq!(changes(), 3);
}

#[test]
fn two_users_swap_their_names() {
    let (cli, slapd) = with_directory(&people(&["ann", "ben"]));
    sync(&cli);
    let ids = |name: &str| cli.run(&format!("user show {name} -o json")).json()["ldapId"].clone();
    let before = (ids("ann"), ids("ben"));
    let rename = |from: &str, to: &str| {
        let dn = dn_of(from);
        slapd.modify(&format!("dn: {dn}\nchangetype: modrdn\nnewrdn: uid={to}\ndeleteoldrdn: 1\n"));
        slapd.modify(&format!(
            "dn: {}\nchangetype: modify\nreplace: mail\nmail: {to}@example.com\n",
            dn_of(to)
        ));
    };
    rename("ann", "tmp");
    rename("ben", "ann");
    rename("tmp", "ben");
    sync(&cli);
    assert_eq!((ids("ben"), ids("ann")), before);
}

#[test]
fn pages_are_read_to_their_end_and_a_limit_removes_nobody() {
    let many: String = (0..1_234).map(|number| person(&format!("user{number:04}"))).collect();
    let (cli, _slapd) = with_directory(&many);
    assert_eq!(test(&cli)["users"], 1_234);
    let narrow = Slapd::with_limits(&many, NARROW_LIMITS);
    cli.run_args(&["config", "set", "ldapUrl", &narrow.url()]).expect_success();
    let refused = cli.run("ldap sync --yes");
    failed(&refused, "returned only a part of dc=example,dc=com");
    assert_eq!(users(&cli), ["root admin"]);
}

/// How long 10,000 users take, and how much memory: `cargo test -- --ignored --nocapture ten_thousand`.
#[test]
#[ignore = "it measures, and takes a while"]
fn ten_thousand_users_are_measured() {
    let name = |number: usize| format!("user{number:05}");
    let mut entries: String = (0..10_000).map(|number| person(&name(number))).collect();
    for group_number in 0..100 {
        let members: Vec<_> = (0..100).map(|i| dn_of(&name(group_number * 100 + i))).collect();
        let members: Vec<_> = members.iter().map(String::as_str).collect();
        entries += &group(&format!("group{group_number:03}"), &members);
    }
    let (cli, _slapd) = with_directory(&entries);
    for run in ["first", "unchanged"] {
        let begun_at = std::time::Instant::now();
        let ran = cli.shell("exec /usr/bin/python3 -c 'import resource, subprocess, sys; \
            subprocess.run([\"pocketid\", \"ldap\", \"sync\"], stdout=subprocess.DEVNULL, check=True); \
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)'");
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        println!("{run}: {:?}, {} MiB at most", begun_at.elapsed(), ran.stdout.trim());
    }
    assert_eq!(users(&cli).len(), 10_001);
    assert_eq!(members(&cli, "group042").len(), 100);
}
