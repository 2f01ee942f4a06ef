//! A name finds one account, group, client or key: no name may stand for another one.

use serde_json::{Value, json};

use crate::support::{
    cli::{Cli, Ran},
    pocket_id::{ENCRYPTION_KEY, PocketId},
};

/// The form of an id, in the two ways in which a username can have it.
const ID_FORMS: [&str; 2] =
    ["019abcde-1234-7000-8000-0123456789ab", "019ABCDE1234700080000123456789AB"];

fn id_of(cli: &Cli, line: &str) -> String {
    let shown: Value = serde_json::from_str(&cli.run(&format!("{line} -o json")).ok()).unwrap();
    shown["id"].as_str().unwrap().to_owned()
}

/// Gives a row a name in the form of an id, as rows had before such names were refused.
fn rename(cli: &Cli, table: &str, old: &str, new: &str) {
    let columns =
        if table == "users" { "username = ?1, username_folded = ?1" } else { "name = ?1" };
    let key = if table == "users" { "username" } else { "name" };
    let sql = format!("UPDATE {table} SET {columns} WHERE {key} = ?2");
    assert_eq!(cli.database().execute(&sql, [new, old]).unwrap(), 1);
}

#[track_caller]
fn refused(ran: &Ran, words: &str) {
    assert!(ran.code != Some(0) && ran.stderr.contains(words), "{:?} {}", ran.code, ran.stderr);
}

#[test]
fn an_id_finds_its_own_account_whatever_others_are_called() {
    let cli = Cli::new();
    cli.run("user add root --admin").expect_success();
    let alice = id_of(&cli, "user add alice");
    let mallory = id_of(&cli, "user add mallory");
    rename(&cli, "users", "mallory", &alice);

    let updated = cli.run(&format!("user update {alice} --admin")).ok();
    let shown = cli.run(&format!("user show {mallory} -o json")).json();
    let disabled = cli.run(&format!("user disable {alice} --yes")).ok();

    assert!(updated.contains("alice") && disabled.contains("alice"), "{updated}{disabled}");
    assert_eq!((&shown["isAdmin"], &shown["disabled"]), (&json!(false), &json!(false)));
    cli.run(&format!("user enable {alice}")).expect_success();
    assert!(cli.run(&format!("recover {alice} -o json")).ok().contains("\"alice\""));
    // The account keeps its name until an administrator changes it, and may change everything else.
    cli.run(&format!("user update {mallory} --first-name M")).expect_success();
    cli.run(&format!("user update {mallory} --username mallory")).expect_success();
}

#[test]
fn a_username_that_reads_as_an_id_is_refused_everywhere() {
    let cli = Cli::new();
    let words = "has the form of an id";
    for name in ID_FORMS {
        refused(&cli.run(&format!("setup --username {name}")), words);
        refused(&cli.run(&format!("user add {name}")), words);
        cli.write("it.yaml", format!("users: [{{username: {name}}}]"));
        refused(&cli.run("apply -f it.yaml"), words);
    }
    cli.run("user add alice").expect_success();
    refused(&cli.run(&format!("user update alice --username {}", ID_FORMS[0])), words);
    cli.run("user add 0123abc").expect_success();
}

#[test]
fn a_username_is_nobody_elses_email_and_an_email_nobody_elses_username() {
    let cli = Cli::new();
    cli.run("user add alice --email alice@example.com").expect_success();
    cli.run("user add bob@example.com --email bob@example.com").expect_success();
    cli.run("user add carol").expect_success();

    for line in [
        "user add Alice@Example.com",
        "user update carol --username ALICE@example.com",
        "setup --username alice@example.com",
    ] {
        refused(&cli.run(line), "is the email of alice");
    }
    for line in
        ["user add dave --email Bob@Example.com", "user update carol --email BOB@example.com"]
    {
        refused(&cli.run(line), "is the username of another account, bob@example.com");
    }
    let mixed = "users: [{username: eve}, {username: carol, email: EVE@example.com}, {username: eve@example.com}]";
    cli.write("it.yaml", mixed);
    refused(
        &cli.run("apply -f it.yaml"),
        "EVE@example.com is the username of the user eve@example.com",
    );
    cli.write("it.yaml", "users: [{username: carol, email: bob@example.com}]");
    refused(&cli.run("apply -f it.yaml"), "is the username of the user bob@example.com");
    // Two may swap, as long as each name is that of one in the end.
    cli.write("it.yaml", "users: [{username: alice, email: null}, {username: alice@example.com}]");
    cli.run("apply -f it.yaml").expect_success();
}

#[test]
fn a_group_is_found_by_its_id_first_and_no_name_reads_as_one() {
    let cli = Cli::new();
    let staff = id_of(&cli, "group create staff");
    cli.run("group create others").expect_success();
    cli.run("user add alice").expect_success();
    rename(&cli, "groups", "others", &staff);

    cli.run(&format!("group assign {staff} alice")).expect_success();

    assert!(cli.run("group show staff").ok().contains("alice"));
    let words = "has the form of an id";
    for name in ID_FORMS.into_iter().chain(["urn:uuid:019abcde-1234-7000-8000-0123456789ab"]) {
        refused(&cli.run(&format!("group create {name}")), words);
        refused(&cli.run(&format!("group update staff --name {name}")), words);
        cli.write("it.yaml", format!("groups: [{{name: \"{name}\"}}]"));
        refused(&cli.run("apply -f it.yaml"), words);
    }
}

#[test]
fn a_key_is_found_by_its_id_first() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("user add mallory").expect_success();
    let made = cli.run("api-key create backup --for alice -o json").ok();
    let made: Value = serde_json::from_str(&made).unwrap();
    let id = made["apiKey"]["id"].as_str().unwrap();
    cli.run(&format!("api-key create {id} --for mallory")).expect_success();

    cli.run(&format!("api-key delete {id} --yes")).expect_success();

    assert_eq!(cli.run("api-key list alice").ok(), "");
}

/// A client that describes itself chooses its name.
#[test]
fn the_name_of_a_client_finds_registered_clients_only() {
    let cli = Cli::new();
    cli.run("client create Grafana --id unregistered --callback https://evil.example/x")
        .expect_success();
    let sql =
        "INSERT INTO client_metadata_documents VALUES ('unregistered', 'authorization_code', 9)";
    cli.database().execute(sql, []).unwrap();

    cli.run("client show Grafana").expect_failure(1);
    cli.run("client update Grafana --description mine").expect_failure(1);
    assert!(cli.run("client create Grafana --id own --if-absent").ok().contains("own"));
    let mine = cli.run("client create Grafana --if-absent -o json");
    assert!(mine.stdout.contains("\"own\""), "{}{}", mine.stdout, mine.stderr);
    cli.run("client delete Grafana --yes").expect_success();
    cli.run("client show unregistered").expect_success();
}

#[test]
fn an_import_tells_of_names_that_would_stand_for_another() {
    let mut old = PocketId::new();
    let other = "33333333-3333-4333-8333-333333333333";
    old.add("users", &json!({"id": other, "username": ID_FORMS[0], "email": "e@example.com"}));
    let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);

    let found = cli.run(&format!("import {} --yes -o json", old.archive().display())).json();

    let left = found["leftOut"].as_array().unwrap();
    let has = |name: &str, reason: &str| {
        left.iter()
            .any(|one| one["name"] == name && one["reason"].as_str().unwrap().contains(reason))
    };
    assert!(has("ID", "the form of an id"), "{left:#?}");
    cli.run(&format!("user show {}", ID_FORMS[0])).expect_failure(1);
}

/// A user with the email of another as username would get that email, and the other would lose it.
#[test]
fn an_import_leaves_an_email_to_the_account_that_has_it() {
    let mut old = PocketId::new();
    let mallory = "55555555-5555-4555-8555-555555555555";
    let username = "Frank@example.com";
    old.add("users", &json!({"id": mallory, "username": username, "email": "f@x.org"}));
    let taken = "77777777-7777-4777-8777-777777777777";
    let neutral = format!("renamed-{mallory}");
    old.add("users", &json!({"id": taken, "username": neutral, "email": "t@x.org"}));
    let frank = "66666666-6666-4666-8666-666666666666";
    let email = "frank@example.com";
    old.add("users", &json!({"id": frank, "username": "frank", "email": email}));
    let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    let import = format!("import {}", old.archive().display());

    let ran = cli.run(&import);
    assert_eq!(ran.code, Some(2), "it has to be confirmed: {}", ran.stderr);
    assert!(ran.stderr.contains("Frank@example.com (the email of frank)"), "{}", ran.stderr);

    // The doubt is told again.
    let found: Value =
        serde_json::from_str(&cli.run(&format!("{import} --yes -o json")).stdout).unwrap();

    let left = found["leftOut"].as_array().unwrap();
    let told = left.iter().find(|one| one["name"] == username).unwrap();
    assert!(told["reason"].as_str().unwrap().contains(&format!("{neutral}-2")), "{told:#?}");
    let user = |id: &str| cli.run(&format!("user show {id} -o json")).json();
    assert_eq!(user(frank)["email"], email);
    assert_eq!(user(email)["username"], "frank");
    assert_eq!(user(mallory)["username"], format!("{neutral}-2"));
    assert_eq!(user(taken)["username"], neutral);
}
