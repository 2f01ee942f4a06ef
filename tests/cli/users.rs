//! `pocketid user`

use serde_json::json;

use crate::support::cli::Cli;

#[test]
fn an_account_is_made_and_shown() {
    let cli = Cli::new();

    let added =
        cli.run("user add alice --email alice@example.com --first-name Alice --last-name L");

    let shown = "Username\talice\n\
                 Name\tAlice L\n\
                 Email\talice@example.com (not verified)\n\
                 Administrator\tno\n\
                 Enabled\tyes\n\
                 Groups\tnone\n\
                 Claims\tnone\n\
                 Passkeys\tnone\n\
                 Created\tTIME\n\
                 ID\tID\n";
    added.expect(0, shown, "");
    cli.run("user show ALICE").expect(0, shown, "");
    cli.run("user show alice@EXAMPLE.com").expect(0, shown, "");
    assert_eq!(cli.audit_log(), ["ACCOUNT_CREATED cli alice"]);
}

#[test]
fn json_has_the_fields_of_the_rest_api() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();
    let alice = json!({
        "id": "ID", "username": "alice", "email": null, "emailVerified": false, "firstName": "",
        "lastName": "", "displayName": "Al", "isAdmin": true, "locale": null, "customClaims": [],
        "userGroups": [{
            "id": "ID", "friendlyName": "staff", "name": "staff", "customClaims": [],
            "ldapId": null, "createdAt": "TIME", "userCount": 0,
        }],
        "ldapId": null, "disabled": false,
    });

    let added = cli.run("user create alice --display-name Al --admin --group staff -o json").json();

    assert_eq!(added, alice);
    assert_eq!(cli.run("user show alice -o json").json(), alice);
    assert_eq!(cli.run("-o json user list").json(), json!([alice]));
}

#[test]
fn an_id_names_a_user_as_well() {
    let cli = Cli::new();
    let added: serde_json::Value =
        serde_json::from_str(&cli.run("user add alice -o json").ok()).unwrap();

    let shown = cli.run(&format!("user show {} -o json", added["id"].as_str().unwrap()));

    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown.ok()).unwrap(), added);
}

#[test]
fn a_list_for_a_program_has_a_line_a_user_and_no_header() {
    let cli = Cli::new().with_empty_database();
    cli.run("user list").expect(0, "", "");
    cli.run("user add bob --first-name Bob").expect_success();
    cli.run("user add Alice --email a@example.com --admin").expect_success();

    let listed = cli.run("user list");

    listed.expect(
        0,
        "Alice\tAlice\ta@example.com\tadmin\tenabled\t0\tnever\nbob\tBob\t\tuser\tenabled\t0\tnever\n",
        "",
    );
}

#[test]
fn a_list_is_searched_and_cut() {
    let cli = Cli::new();
    cli.run("user add bob --first-name Bob --email b@Example.com").expect_success();
    cli.run("user add alice --email a@example.com").expect_success();
    cli.run("user add carol --last-name Bobson").expect_success();
    let names = |line: &str| {
        let listed = cli.run(line).ok();
        listed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(names("user list --search BOB"), ["bob", "carol"]);
    assert_eq!(names("user list --search @example.COM"), ["alice", "bob"]);
    assert_eq!(names("user list --limit 2"), ["alice", "bob"]);
    assert_eq!(names("user list --search bob --limit 1"), ["bob"]);
    assert_eq!(names("user list --search %"), [""; 0]);
    assert_eq!(cli.run("user list --search nobody -o json").ok(), "[]\n");
    cli.run("user list --limit 0").expect_failure(2);
}

/// The list is read and printed in parts of 500 accounts.
#[test]
fn a_list_of_several_parts_has_every_account_once() {
    let cli = Cli::new();
    let users: String = (0..1_001).map(|n| format!("  - username: u{n:04}\n")).collect();
    cli.write("users.yaml", format!("users:\n{users}"));
    cli.run("apply -f users.yaml").expect_success();

    let text = cli.run("user list").ok();
    let json = cli.run("user list -o json").json();
    let cut = cli.run("user list --limit 501 -o json").json();

    let expected: Vec<_> = (0..1_001).map(|n| format!("u{n:04}")).collect();
    let names: Vec<_> = text.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(names, expected);
    let names = |list: &serde_json::Value| {
        let list = list.as_array().unwrap().iter();
        list.map(|user| user["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&json), expected);
    assert_eq!(names(&cut), expected[..501]);
}

#[test]
fn a_login_link_comes_after_the_account_and_once() {
    let cli = Cli::new();

    let added = cli.run("user add alice --login-link").ok();

    let lines: Vec<_> = added.lines().rev().take(3).collect();
    let code = lines[1];
    assert_eq!(code.len(), 12);
    assert_eq!(lines[2], format!("https://id.example.com/lc/{code}"));
    assert!(!cli.run("user show alice").ok().contains(code));
    assert_eq!(
        cli.audit_log(),
        ["ACCOUNT_CREATED cli alice", "ONE_TIME_ACCESS_TOKEN_CREATED cli alice"]
    );
    let json = cli.run("user add bob --login-link -o json").json();
    let link = json!({
        "username": "bob", "token": "LONG-CODE", "expiresAt": "TIME",
        "link": "https://id.example.com/lc/LONG-CODE",
    });
    assert_eq!((&json["username"], &json["loginLink"]), (&json!("bob"), &link));
}

#[test]
fn a_name_or_address_of_somebody_else_is_refused_whatever_its_case() {
    let cli = Cli::new();
    cli.run("user add alice --email alice@example.com").expect_success();

    cli.run("user add ALICE").refused(
        1,
        &[
            "error: the user ALICE already exists",
            "hint: to see it: pocketid user show ALICE",
            "hint: to keep an existing account unchanged, add --if-absent",
        ],
    );
    cli.run("user add bob --email Alice@Example.com").refused(
        1,
        &[
            "error: Alice@Example.com is already the email of alice",
            "hint: two accounts cannot have the same email; give another one, or none",
        ],
    );
    assert_eq!(cli.audit_log(), ["ACCOUNT_CREATED cli alice"]);
}

#[test]
fn if_absent_makes_a_second_run_harmless() {
    let cli = Cli::new();
    let first = cli.run("user add alice --display-name A --if-absent -o json").json();

    let second = cli.run("user add Alice --display-name B --login-link --if-absent -o json");

    let note = "The user alice already exists; nothing was changed.\n";
    assert_eq!((second.code, second.stderr.as_str()), (Some(0), note));
    let shown = crate::support::cli::redact(&second.stdout);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), first);
    assert_eq!(cli.audit_log(), ["ACCOUNT_CREATED cli alice"]);
}

#[test]
fn a_group_that_is_missing_undoes_the_account() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();

    cli.run("user add alice --group staff --group stuff --login-link")
        .refused(1, &["error: there is no group \"stuff\"", "hint: did you mean staff?"]);

    cli.run("user list").expect(0, "", "");
    assert_eq!(cli.audit_log(), ["GROUP_CREATED cli -"]);
}

#[test]
fn a_misspelt_name_is_refused_with_the_near_ones() {
    let cli = Cli::new().with_empty_database();
    cli.run("user show alice").refused(
        1,
        &[
            "error: there is no user \"alice\"",
            "hint: there are no users yet; to create one: pocketid user add NAME",
            "hint: if this is not the database you mean, set DB_CONNECTION_STRING",
        ],
    );
    cli.run("user add alice").expect_success();
    cli.run("user add alina").expect_success();

    cli.run("user show alcie")
        .refused(1, &["error: there is no user \"alcie\"", "hint: did you mean alice?"]);
    cli.run("user show alic")
        .refused(1, &["error: there is no user \"alic\"", "hint: did you mean alice?"]);
    cli.run("user show zacharias").refused(
        1,
        &["error: there is no user \"zacharias\"", "hint: to list them: pocketid user list"],
    );
}

#[test]
fn a_name_that_is_the_address_of_another_is_ambiguous() {
    let cli = Cli::new();
    cli.run("user add a@example.com").expect_success();
    cli.run("user add bob").expect_success();
    // As it could be before usernames and emails were held apart.
    let sql = "UPDATE users SET email = ?1, email_folded = ?1 WHERE username = 'bob'";
    cli.database().execute(sql, ["a@example.com"]).unwrap();

    let shown = cli.run("user show a@example.com");

    shown.refused(
        1,
        &[
            "error: 2 users match \"a@example.com\"",
            "hint: give the id of the one you mean: a@example.com (ID), bob (ID)",
        ],
    );
}

#[test]
fn values_that_are_no_names_or_addresses_are_wrong_usage() {
    let cli = Cli::new();
    let advice = "\nhint: see --help\n";
    cli.run_args(&["user", "add", "a b"]).expect(
        2,
        "",
        &format!(
            "error: invalid value 'a b' for '<NAME>': must only contain letters, numbers, \
             underscores, dots, hyphens, and '@' symbols and not start or end with a special \
             character{advice}"
        ),
    );
    cli.run("user add alice --email nowhere").expect(
        2,
        "",
        &format!(
            "error: invalid value 'nowhere' for '--email <ADDRESS>': must be a valid email \
             address{advice}"
        ),
    );
    assert!(!cli.path("data").exists(), "nothing is done before the words are understood");
}
