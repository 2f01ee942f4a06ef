//! `pocketid user update`, `enable`, `disable` and `remove`

use serde_json::json;

use crate::support::cli::Cli;

/// With an administrator and a user.
fn with_users() -> Cli {
    let cli = Cli::new();
    cli.run("user add root --admin").expect_success();
    cli.run("user add alice --email alice@example.com --first-name Alice").expect_success();
    cli
}

const LAST: [&str; 3] = [
    "error: root is the last enabled administrator",
    "hint: create another one first: pocketid user add NAME --admin --login-link",
    "hint: or add --yes to confirm: `pocketid setup` will work again, and so will the page /setup \
     with the code that `pocketid setup --code` prints",
];

const NONE_LEFT: &str = "warning: no enabled administrator is left: `pocketid setup` works \
                         again, and so does the page /setup with the code that `pocketid setup \
                         --code` prints\n";

#[test]
fn an_account_is_changed_as_far_as_was_said() {
    let cli = with_users();

    let updated = cli
        .run("user update alice --username al --display-name Ali --admin --locale zh-CN -o json")
        .json();

    assert_eq!(
        updated,
        json!({
            "id": "ID", "username": "al", "email": "alice@example.com", "emailVerified": false,
            "firstName": "Alice", "lastName": "", "displayName": "Ali", "isAdmin": true,
            "locale": "zh-CN", "customClaims": [], "userGroups": [], "ldapId": null,
            "disabled": false,
        })
    );
    assert_eq!(cli.run("user show al -o json").json(), updated);
    assert!(cli.audit_log().contains(&"ACCOUNT_CHANGED cli al".to_owned()));
    let data: String = cli
        .database()
        .query_row("SELECT data FROM audit_events WHERE kind = 'ACCOUNT_CHANGED'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(data, r#"{"changed":"username displayName isAdmin locale"}"#);
}

#[test]
fn an_empty_value_takes_away_what_was_set() {
    let cli = with_users();
    cli.run("user update alice --locale en --last-name L").expect_success();

    let line = ["user", "update", "alice", "-o", "json"];
    let empty = ["--email", "", "--locale", "", "--last-name", ""];
    let updated = cli.run_args(&[&line[..], &empty].concat()).json();

    assert_eq!((&updated["email"], &updated["locale"]), (&json!(null), &json!(null)));
    assert_eq!(updated["lastName"], "");
}

#[test]
fn another_address_is_not_verified_and_the_same_one_stays_so() {
    let cli = with_users();
    cli.database().execute("UPDATE users SET email_verified = 1", []).unwrap();

    let same = cli.run("user update alice --email alice@example.com -o json").json();
    let other = cli.run("user update alice --email al@example.com -o json").json();

    assert_eq!((&same["emailVerified"], &other["emailVerified"]), (&json!(true), &json!(false)));
    let changes = |event: &&String| event.starts_with("ACCOUNT_CHANGED");
    assert_eq!(cli.audit_log().iter().filter(changes).count(), 1, "what is the same is no change");
}

#[test]
fn a_name_or_address_of_somebody_else_changes_nothing() {
    let cli = with_users();
    let before = cli.run("user show root -o json").json();

    cli.run("user update root --display-name R --username Alice")
        .refused(1, &["error: the user Alice already exists", "hint: choose another --username"]);
    cli.run("user update root --display-name R --email ALICE@example.com").refused(
        1,
        &[
            "error: ALICE@example.com is already the email of alice",
            "hint: two accounts cannot have the same email; give another one",
        ],
    );

    assert_eq!(cli.run("user show root -o json").json(), before);
}

#[test]
fn without_a_change_or_with_a_wrong_one_it_is_wrong_usage() {
    let cli = with_users();
    for line in [
        "user update alice",
        "user update alice --yes",
        "user update alice --admin --no-admin",
        "user update alice --email nowhere",
        "user update alice --locale 1x",
    ] {
        assert_eq!(cli.run(line).code, Some(2), "{line}");
    }
    cli.run("user update alcie --admin")
        .refused(1, &["error: there is no user \"alcie\"", "hint: did you mean alice?"]);
}

#[test]
fn somebody_is_disabled_and_enabled_again() {
    let cli = with_users();

    let disabled = cli.run("user disable alice -o json").json();
    let again = cli.run("user disable alice");
    let enabled = cli.run("user enable alice -o json").json();

    assert_eq!((&disabled["disabled"], &enabled["disabled"]), (&json!(true), &json!(false)));
    let note = "alice is already disabled; nothing was changed.\n";
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), note));
    let again = cli.run("user enable alice");
    let note = "alice is already enabled; nothing was changed.\n";
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), note));
    let log = cli.audit_log();
    let count = |kind: &str| log.iter().filter(|event| event.starts_with(kind)).count();
    assert_eq!((count("ACCOUNT_DISABLED"), count("ACCOUNT_ENABLED")), (1, 1));
    cli.run("user disable bob").expect_failure(1);
    cli.run("user enable bob").expect_failure(1);
}

#[test]
fn somebody_is_removed_when_it_is_meant() {
    let cli = with_users();

    cli.run("user remove alice").refused(
        2,
        &[
            "error: this cannot be undone, and there is no terminal to ask",
            "hint: add --yes to confirm",
        ],
    );
    let removed = cli.run("user delete ALICE --yes -o json");

    assert_eq!(removed.stderr, "Removed the user alice.\n");
    let removed: serde_json::Value =
        serde_json::from_str(&crate::support::cli::redact(&removed.stdout)).unwrap();
    assert_eq!(removed, json!({"id": "ID", "username": "alice"}));
    cli.run("user remove alice --yes").expect_failure(1);
    cli.run("user remove alice --yes --if-present").expect(
        0,
        "",
        "Nothing was changed: there is no user \"alice\".\n",
    );
    assert_eq!(
        cli.audit_log(),
        [
            "ACCOUNT_CREATED cli -",
            "ACCOUNT_CREATED cli root",
            "ACCOUNT_DELETED cli -",
            "ADMINISTRATOR_ADDED cli root"
        ]
    );
}

#[test]
fn removing_somebody_asks_first() {
    let cli = with_users();

    let kept = cli.run_on_terminal("user remove alice", "n\n");
    let removed = cli.run_on_terminal("user remove alice", "y\n");

    assert!(kept.stdout.contains("This removes alice and all their passkeys."));
    assert_eq!((kept.code, removed.code), (Some(1), Some(0)));
}

#[test]
fn the_last_administrator_goes_only_when_it_is_said() {
    for verb in ["disable root", "remove root", "update root --no-admin"] {
        let cli = with_users();
        // A disabled administrator could not take their place.
        cli.run("user add other --admin").expect_success();
        cli.run("user disable other").expect_success();

        cli.run(&format!("user {verb}")).refused(1, &LAST);
        assert_eq!(cli.run("setup --username root2").code, Some(1), "{verb}");

        let gone = cli.run(&format!("user {verb} --yes"));
        assert_eq!(gone.code, Some(0));
        assert!(gone.stderr.starts_with(NONE_LEFT), "{}", gone.stderr);
    }
}

#[test]
fn one_of_two_administrators_goes_without_ado() {
    let cli = with_users();
    cli.run("user update alice --admin").expect_success();

    cli.run("user disable root").ok();

    cli.run("user disable alice").expect_failure(1);
}

#[test]
fn set_up_works_again_when_no_administrator_is_left_and_says_so() {
    let cli = with_users();
    cli.run("user disable root --yes").expect_success();

    cli.run("setup --username root").refused(
        1,
        &[
            "error: the user root already exists and is disabled",
            "hint: to enable the user: pocketid user enable root",
            "hint: or choose another username",
        ],
    );
    let made = cli.run("setup --username root2");

    let told = "warning: an earlier administrator was deleted or disabled; see the audit \
                log\nroot2 is now the administrator.\n\n";
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), told));
    assert!(cli.audit_log().contains(&"ADMINISTRATOR_REPLACED cli root2".to_owned()));
    assert_eq!(cli.run("setup --username root3").code, Some(1));
}

#[test]
fn the_first_administrator_is_no_replacement() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();

    cli.run("setup --username root").expect_success();

    assert!(!cli.audit_log().iter().any(|event| event.starts_with("ADMINISTRATOR_REPLACED")));
}

#[test]
fn an_administrator_says_which_emails_are_proven() {
    let cli = with_users();
    let verified = |line: &str| cli.run(&format!("{line} -o json")).json()["emailVerified"].clone();

    assert_eq!(verified("user update alice --email-verified"), true);
    assert_eq!(verified("user update alice --email-verified=false"), false);
    assert_eq!(verified("user update alice --email al@example.com --email-verified=true"), true);
    assert_eq!(verified("user update alice --email al2@example.com"), false);
    assert_eq!(verified("user add bob --email bob@example.com --email-verified"), true);
    cli.run("config set emailsVerified true").expect_success();
    assert_eq!(verified("user show alice"), false, "the setting changes nobody who is there");
    assert_eq!(verified("user add carol --email carol@example.com"), true);
    assert_eq!(verified("user add dave --email d@example.com --email-verified=false"), false);
    cli.run("user update alice --email").expect_failure(2);
    cli.run("user add eve --email-verified").expect_failure(2);
    let line = ["user", "update", "bob", "--email", "", "--email-verified"];
    cli.run_args(&line).refused(
        1,
        &["error: bob has no email", "hint: give one as well: --email ADDRESS --email-verified"],
    );
    let changes = cli.run("audit list").ok();
    assert!(changes.contains("changed=emailVerified"), "{changes}");
}

/// A verification is valid for one email: a changed email is not verified.
#[test]
fn an_email_of_a_file_is_verified_when_the_file_says_so() {
    let cli = with_users();
    let apply = |user: &str| {
        cli.write("it.yaml", format!("users: [{user}]"));
        cli.run("apply -f it.yaml").expect_success();
        cli.run("user show alice -o json").json()["emailVerified"].clone()
    };
    assert_eq!(apply("{username: alice, email: alice@example.com, emailVerified: true}"), true);
    assert_eq!(apply("{username: alice, email: alice@example.com, firstName: A}"), true);
    assert_eq!(apply("{username: alice, email: other@example.com}"), false);
    assert_eq!(apply("{username: alice, email: third@example.com, emailVerified: true}"), true);
    // Without `emailVerified` in the file, an email is verified as at the terminal: as the setting says,
    // also when the file sets that itself.
    cli.run("config set emailsVerified true").expect_success();
    assert_eq!(apply("{username: alice, email: fourth@example.com}"), true);
    apply("{username: bob, email: bob@example.com}");
    assert_eq!(cli.run("user show bob -o json").json()["emailVerified"], true);
    cli.write(
        "it.yaml",
        "users: [{username: carol, email: c@example.com}]\nsettings: {emailsVerified: false}",
    );
    cli.run("apply -f it.yaml").expect_success();
    assert_eq!(cli.run("user show carol -o json").json()["emailVerified"], false);
    // So an export says it always.
    let exported = cli.run("export-config").ok();
    assert_eq!(exported.matches("emailVerified:").count(), exported.matches("username:").count());
}
