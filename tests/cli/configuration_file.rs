//! `pocketid apply`, `diff`, `export-config` and `serve --apply`

mod membership_ends;

use std::path::Path;

use crate::support::cli::{Cli, Ran};

/// The file of the documentation, and the files and variables that it refers to.
fn with_example() -> Cli {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration-file.md");
    let text = std::fs::read_to_string(docs).unwrap();
    let (_, rest) = text.split_once("```yaml\n").unwrap();
    let cli = Cli::on_the_engine_of_the_tests()
        .with("SMTP_PASSWORD", "hunter2")
        .with("LINKDING_SECRET", "a-secret-of-linkding-12345");
    cli.write("pocketid.yaml", rest.split_once("```").unwrap().0);
    cli.write("photos.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    cli.write("photos.secret", "a-secret-of-photos-1234567\n");
    cli
}

fn apply(cli: &Cli, yaml: &str) -> Ran {
    cli.write("it.yaml", yaml);
    cli.run("apply -f it.yaml")
}

/// A faulty file is refused with the place of each fault, and changes nothing.
#[track_caller]
fn refused(cli: &Cli, yaml: &str, lines: &[&str]) {
    let before = cli.run("export-config --with-secrets").ok();
    apply(cli, yaml).refused(3, lines);
    assert_eq!(cli.run("export-config --with-secrets").ok(), before);
}

#[test]
fn the_example_of_the_documentation_is_applied_once() {
    let cli = with_example();
    let applied = cli.run("apply -f pocketid.yaml");
    let sum = "17 to add, 0 to change, 0 to remove\nDone.\n";
    assert_eq!((applied.code, applied.stderr.as_str()), (Some(0), sum), "{}", applied.stdout);
    for secret in ["hunter2", "a-secret-of"] {
        assert!(!applied.stdout.contains(secret), "{}", applied.stdout);
    }

    cli.run("apply -f pocketid.yaml").expect(
        0,
        "",
        "The installation matches the file; nothing was changed.\n",
    );
    cli.run("diff -f pocketid.yaml").expect(0, "", "");
    let exported = cli.run("export-config --with-secrets").ok();
    assert!(!exported.contains("hunter2") && !exported.contains("a-secret-of"), "{exported}");
    cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
    let kinds = cli.run("audit list -o json").ok();
    for kind in ["ACCOUNT_CREATED", "GROUP_MEMBERS_ADDED", "CLIENT_SECRET_CREATED", "API_CREATED"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    assert!(!kinds.contains("hunter2"));
}

#[test]
fn an_export_applied_to_an_empty_installation_makes_an_equal_one() {
    let cli = with_example();
    cli.run("apply -f pocketid.yaml").expect_success();
    for form in ["", " -o json"] {
        let exported = cli.run(&format!("export-config --with-secrets{form}")).ok();
        let other = Cli::on_the_engine_of_the_tests().with("SMTP_PASSWORD", "hunter2");
        other.write("it.yaml", &exported);
        other.run("apply -f it.yaml").expect_success();
        other.run("diff -f it.yaml --prune").expect(0, "", "");
        assert_eq!(other.run(&format!("export-config --with-secrets{form}")).ok(), exported);
        for line in [
            "user show alice",
            "group show family",
            "client show photos",
            "client claims photos",
            "api show https://orders.example.com",
            "config list",
        ] {
            let line = format!("{line} -o json");
            assert_eq!(other.run(&line).json(), cli.run(&line).json(), "{line}");
        }
    }
}

#[test]
fn without_being_asked_an_export_has_no_digest_of_a_secret() {
    let cli = with_example();
    cli.run("apply -f pocketid.yaml").expect_success();
    let exported = cli.run("export-config").ok();
    assert!(!exported.contains("secrets:") && !exported.contains("digest"), "{exported}");
    // Secrets that the file leaves out stay.
    cli.write("it.yaml", &exported);
    cli.run("diff -f it.yaml --prune").expect(0, "", "");
}

#[test]
fn what_is_not_said_is_left_as_it_is_and_what_is_said_is_the_whole() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add alice --email alice@example.com --first-name Alice --admin").expect_success();
    cli.run("user add bob").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group assign staff alice bob").expect_success();
    let yaml =
        "users: [{username: ALICE, displayName: Al}]\ngroups: [{name: staff, members: [Bob]}]\n";
    apply(&cli, yaml).expect(
        0,
        "~ change user alice\n    displayName: \"Alice\" -> \"Al\"\n    username: \"alice\" -> \
         \"ALICE\"\n~ change group staff\n    members: -alice\n",
        "0 to add, 2 to change, 0 to remove\nDone.\n",
    );
    let alice = cli.run("user show alice -o json").json();
    assert_eq!((&alice["firstName"], &alice["isAdmin"]), (&"Alice".into(), &true.into()));
    let staff = cli.run("group show staff -o json").json();
    assert_eq!(staff["users"].as_array().unwrap().len(), 1, "{staff}");
}

#[test]
fn ids_are_fixed_and_a_known_id_gets_another_name() {
    let cli = Cli::on_the_engine_of_the_tests();
    let id = "0197f0c4-0000-7000-8000-000000000001";
    apply(&cli, &format!("users: [{{username: alice, id: {id}}}]")).expect_success();
    let shown = cli.run("user show alice -o json").stdout;
    assert!(shown.contains(id), "{shown}");
    apply(&cli, &format!("users: [{{username: alicia, id: {id}}}]")).expect_success();
    assert!(cli.run("user show alicia -o json").stdout.contains(id));
    cli.run("user show alice").expect_failure(1);
    let other = "0197f0c4-0000-7000-8000-000000000002";
    refused(
        &cli,
        &format!("users:\n  - username: alicia\n    id: {other}\n"),
        &[
            "error: it.yaml:3:9: the user alicia has the id ID, which cannot change",
            "hint: leave id out, or choose another name",
        ],
    );
}

#[test]
fn client_secrets_are_those_of_the_file_and_no_others() {
    let cli = Cli::on_the_engine_of_the_tests()
        .with("ONE", "the-first-secret-123")
        .with("TWO", "the-second-secret-1");
    let yaml = |names: &str| format!("clients: [{{id: web, name: Web, secrets: [{names}]}}]");
    apply(&cli, &yaml("{env: ONE}")).expect_success();
    let count = |cli: &Cli| cli.run("client secret list web").ok().lines().count();
    assert_eq!(count(&cli), 1);
    apply(&cli, &yaml("{env: TWO}, {env: ONE}")).expect(
        0,
        "~ change client Web (web)\n    secrets: \"(1 secret)\" -> \"(2 secrets)\"\n",
        "0 to add, 1 to change, 0 to remove\nDone.\n",
    );
    apply(&cli, &yaml("{env: TWO}")).expect_success();
    assert_eq!(count(&cli), 1);
    assert!(cli.run("client secret list web").ok().contains("the-…"));
    apply(&cli, &yaml("{env: ONE}")).expect(
        0,
        "~ change client Web (web)\n    secrets: \"(1 secret)\" -> \"(changed)\"\n",
        "0 to add, 1 to change, 0 to remove\nDone.\n",
    );
    apply(&cli, &yaml("")).expect_success();
    assert_eq!(count(&cli), 0);
}

#[test]
fn pruning_removes_what_is_not_in_the_sections_that_are_there() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add alice --admin").expect_success();
    cli.run("user add bob").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("client create Web --id web").expect_success();
    cli.write("it.yaml", "users: [{username: alice}]\nclients: []\n");
    cli.run("apply -f it.yaml").expect(
        0,
        "",
        "The installation matches the file; nothing was changed.\n",
    );
    let plan = "- remove user bob\n- remove client Web (web)\n";
    let asked = cli.run("apply -f it.yaml --prune");
    assert_eq!((asked.code, asked.stdout.as_str()), (Some(2), plan), "{}", asked.stderr);
    cli.run("user show bob").expect_success();
    cli.run("apply -f it.yaml --prune --yes").expect(
        0,
        plan,
        "0 to add, 0 to change, 2 to remove\nDone.\n",
    );
    cli.run("user list").expect(0, "alice\talice\t\tadmin\tenabled\t0\tnever\n", "");
    cli.run("client list").expect(0, "", "");
    cli.run("group show staff").expect_success();
}

#[test]
fn somebody_at_a_terminal_is_asked_before_something_is_removed() {
    let cli = Cli::new();
    cli.run("client create Web --id web").expect_success();
    cli.write("it.yaml", "clients: []");
    let refused = cli.run_on_terminal("apply -f it.yaml --prune", "n\n");
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    assert!(
        refused.stdout.contains("remove client Web (web)"),
        "the plan comes first: {}",
        refused.stdout
    );
    assert!(refused.stdout.contains("the answer was not yes: nothing was changed"));
    cli.run("client show web").expect_success();
    let agreed = cli.run_on_terminal("apply -f it.yaml --prune", "y\n");
    assert_eq!(agreed.code, Some(0), "{}", agreed.stdout);
    cli.run("client list").expect(0, "", "");
}

#[test]
fn whoever_only_looks_changes_nothing() {
    let cli = Cli::new().with_empty_database();
    cli.write("it.yaml", "users: [{username: alice}]");
    assert_eq!(cli.run("diff -f it.yaml").code, Some(1));
    cli.run("apply -f it.yaml --dry-run").expect_success();
    cli.run("export-config").expect_success();
    cli.run("user list").expect(0, "", "");
    assert!(!cli.path("data/encryption.key").exists());
}

#[test]
fn the_last_administrator_stays() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add alice --admin").expect_success();
    let before = cli.run("export-config").ok();
    for (yaml, line) in [
        ("users: []", "apply -f it.yaml --prune --yes"),
        ("users: [{username: alice, disabled: true}]", "apply -f it.yaml"),
        ("users: [{username: alice, isAdmin: false}]", "apply -f it.yaml --yes"),
    ] {
        cli.write("it.yaml", yaml);
        let refused = cli.run(line);
        assert_eq!(refused.code, Some(1), "{yaml}");
        assert!(
            refused.stderr.contains("no enabled administrator would be left"),
            "{}",
            refused.stderr
        );
        assert_eq!(cli.run("export-config").ok(), before);
    }
}

#[test]
fn a_last_step_that_fails_leaves_nothing_of_the_others() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add alice --email alice@example.com").expect_success();
    let (before, log) = (cli.run("export-config").ok(), cli.run("audit list").ok());
    for yaml in [
        "users: [{username: bob}]\nclients: [{id: spa, name: Spa, isPublic: true}]",
        "groups: [{name: ab, members: [alice]}]\nclients: [{id: spa, name: Spa, isPublic: true, \
         callbackURLs: ['https://a.example/cb']}]\napis: [{resource: 'https://b.example', name: B, \
         clients: [{clientId: spa, subjectType: client}]}]",
    ] {
        assert_eq!(apply(&cli, yaml).code, Some(1), "{yaml}");
        assert_eq!(cli.run("export-config").ok(), before);
        assert_eq!(cli.run("audit list").ok(), log);
    }
}

/// Faulty files, and their errors.
const WRONG: &[(&str, &str)] = &[
    ("users: [{}]", "1:9: username is missing"),
    ("users: [{username: a b}]", "1:20: \"a b\" must only contain"),
    ("users: {}", "1:8: expected a list, found a mapping"),
    ("- users", "1:1: expected a mapping"),
    ("users: [{username: a1, username: b1}]", "1:24: the key \"username\" occurs twice"),
    ("users:\n  - username: a1\n  - username: A1", "3:5: the user A1 is in line 2 already"),
    ("users: [{username: a1, id: 7-7}]", "must be a UUID"),
    ("users: [{username: a1, locale: 1x}]", "must be a language tag"),
    ("users: [{username: a1, customClaims: [{key: sub, value: x}]}]", "is reserved"),
    ("groups: [{name: ab, members: [alcie]}]", "1:30: there is no user alcie"),
    ("groups: [{name: ab, members: [alice, ALICE]}]", "alice occurs twice"),
    ("clients: [{id: web}]", "name is missing, and the client web is new"),
    ("clients: [{id: 'https://a.example/x', name: A}]", "must only contain"),
    ("clients: [{id: web, name: W, callbackURLs: ['no url']}]", "1:45"),
    ("clients: [{id: web, name: W, allowedUserGroups: [none]}]", "there is no group none"),
    (
        "clients: [{id: web, name: W, secrets: [abcdefghijklmnopqrst]}]",
        "a secret must not be written in this file",
    ),
    (
        "clients: [{id: web, name: W, secrets: [{env: NOT_SET}]}]",
        "the variable \"NOT_SET\" is not set",
    ),
    ("clients: [{id: web, name: W, secrets: [{file: nowhere}]}]", "cannot read \"nowhere\""),
    ("clients: [{id: web, name: W, secrets: [{env: PATH, file: x}]}]", "either env or file"),
    ("clients: [{id: web, name: W, secrets: [{env: SHORT}]}]", "16 to 512"),
    ("clients: [{id: web, name: W, logo: {file: it.yaml}}]", "not an image"),
    ("clients: [{id: web, name: W, jwks: {keys: []}}]", "has no key"),
    ("clients: [{id: web, name: W, isPublic: true, pkceEnabled: false}]", "must use PKCE"),
    ("clients: [{id: web, name: W, accessTokenDurationMinutes: 0}]", "a whole number from 1"),
    ("clients: [{id: web, name: W, claims: [{name: a}]}]", "needs either value or from"),
    ("apis: [{resource: x, name: X}]", "absolute URI"),
    (
        "apis: [{resource: 'https://a.example', name: X, clients: [{clientId: web, subjectType: user}]}]",
        "there is no client web",
    ),
    ("settings: {apName: x}", "1:12: unknown key \"apName\""),
    ("settings: {sessionDuration: 0}", "a whole number from 1 to 43200"),
    ("settings: {emailsVerified: 'yes'}", "expected true or false, found text"),
    ("settings: {smtpPassword: hunter2}", "a secret must not be written in this file"),
    ("settings: {homePageUrl: 'javascript:x'}", "homePageUrl must be"),
    ("settings: {appName: &a x, smtpHost: *a}", "anchors and tags"),
    ("settings: {appName: \"\\e[31m\"}", "control characters"),
    ("\"\\e[31m\": x", "unknown key \"\\u{1b}[31m\""),
    ("a: b: c", "not YAML"),
    ("users: [", "not YAML"),
    ("users: []\n---\nusers: []", "only one document"),
];

#[test]
fn everything_that_is_wrong_is_told_where_it_stands() {
    let cli = Cli::on_the_engine_of_the_tests().with("SHORT", "short");
    cli.run("user add alice").expect_success();
    refused(
        &cli,
        "clients:\n  - id: web\n    calbackURLs: []\n    isPublic: 1\n    name: 5\nuser: []\n",
        &[
            "error: it.yaml:3:5: unknown key \"calbackURLs\"",
            "hint: did you mean callbackURLs?",
            "error: it.yaml:4:15: expected true or false, found a number",
            "error: it.yaml:5:11: expected text, found a number",
            "hint: write it in quotes",
            "error: it.yaml:6:1: unknown key \"user\"",
            "hint: did you mean users?",
        ],
    );
    for (yaml, told) in WRONG {
        cli.write("it.yaml", yaml);
        let before = cli.run("export-config").ok();
        let ran = cli.run("apply -f it.yaml");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{yaml}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: it.yaml:"), "{yaml}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{yaml}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        assert_eq!(cli.run("export-config").ok(), before);
    }
    cli.write("it.yaml", [0xff, 0xfe]);
    cli.run("apply -f it.yaml").expect_failure(3);
    cli.write("it.yaml", "[".repeat(100_000));
    cli.run("apply -f it.yaml").expect_failure(3);
}

#[test]
fn settings_of_the_environment_are_not_to_be_had_from_a_file() {
    let cli = Cli::on_the_engine_of_the_tests().with("UI_CONFIG_DISABLED", "true");
    let refused = apply(&cli, "users: [{username: alice}]\nsettings: {appName: Home}");
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("UI_CONFIG_DISABLED"), "{}", refused.stderr);
    cli.run("user list").expect(0, "", "");
}

#[test]
fn a_server_applies_a_file_before_it_listens() {
    let cli = with_example();
    let server = cli.serve_with("--apply pocketid.yaml");
    let page = server.request("GET /login HTTP/1.1");
    assert!(page.contains("Example</title>"), "{page}");
    cli.run("diff -f pocketid.yaml").expect(0, "", "");
    drop(server);

    cli.write("it.yaml", "users:\n  - usernam: alice\n");
    let refused = cli.run("serve --listen 127.0.0.1:0 --apply it.yaml");
    assert_eq!(refused.code, Some(3));
    assert!(refused.stderr.contains("it.yaml:2:5: unknown key \"usernam\""), "{}", refused.stderr);
}

#[test]
fn thousands_are_compared_in_no_time() {
    let cli = Cli::on_the_engine_of_the_tests();
    let users: Vec<_> = (0..2_000).map(|n| format!("  - username: user{n}\n")).collect();
    let members: Vec<_> = (0..2_000).map(|n| format!("user{n}")).collect();
    let yaml = format!(
        "users:\n{}groups: [{{name: all, members: [{}]}}]",
        users.concat(),
        members.join(", ")
    );
    apply(&cli, &yaml).expect_success();
    let started = std::time::Instant::now();
    cli.run("diff -f it.yaml --prune").expect(0, "", "");
    // A comparison of each with each would take minutes.
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn a_longest_session_age_is_applied_exported_and_taken_away() {
    let cli = Cli::on_the_engine_of_the_tests();
    let file = |age: &str| format!("clients:\n- id: bank\n  name: Bank\n{age}");
    let age = || cli.run("client show bank -o json").json()["maxSessionAgeMinutes"].clone();
    apply(&cli, &file("  maxSessionAgeMinutes: 90\n")).expect_success();
    assert_eq!(age(), 90);
    let exported = cli.run("export-config").ok();
    assert!(exported.contains("maxSessionAgeMinutes: 90"), "{exported}");
    for same in [exported.as_str(), &file("")] {
        let unchanged = "The installation matches the file; nothing was changed.\n";
        apply(&cli, same).expect(0, "", unchanged);
    }
    for bad in ["0", "4", "525601", "8h", "-5", "5.5"] {
        let refused = apply(&cli, &file(&format!("  maxSessionAgeMinutes: {bad}\n")));
        assert_eq!(refused.code, Some(3), "{bad}: {}", refused.stderr);
    }
    assert_eq!(age(), 90);
    apply(&cli, &file("  maxSessionAgeMinutes: null\n")).expect_success();
    assert_eq!(age(), serde_json::Value::Null);
}
