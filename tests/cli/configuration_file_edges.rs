//! `pocketid apply` and `diff` where files, installations and others are not as one would wish

use crate::support::{
    cli::{Cli, Ran},
    patience::ended,
    postgres,
};

fn apply(cli: &Cli, yaml: &str) -> Ran {
    cli.write("it.yaml", yaml);
    cli.run("apply -f it.yaml")
}

/// Refused with this fault by whatever reads the file, and nothing is changed.
#[track_caller]
fn refused(cli: &Cli, yaml: &str, lines: &[&str]) {
    let before = cli.run("export-config").ok();
    apply(cli, yaml).refused(3, lines);
    cli.run("apply -f it.yaml --dry-run").refused(3, lines);
    cli.run("diff -f it.yaml").refused(3, lines);
    assert_eq!(cli.run("export-config").ok(), before);
}

/// As `show` prints it, ids and all.
fn shown(cli: &Cli, what: &str) -> serde_json::Value {
    serde_json::from_str(&cli.run(&format!("{what} -o json")).stdout).unwrap()
}

fn id_of(cli: &Cli, what: &str) -> String {
    shown(cli, what)["id"].as_str().unwrap().to_owned()
}

#[test]
fn two_entries_that_mean_one_thing_are_refused() {
    let cli = Cli::on_the_engine_of_the_tests();
    for line in ["user add aa", "user add bb", "group create old1"] {
        cli.run(line).expect_success();
    }
    let hint = "hint: one entry has its id and the other its name: remove one, or give it another \
                name or id";
    let id = id_of(&cli, "group show old1");
    let yaml = format!(
        "groups:\n  - {{name: new1, id: {id}, members: [aa]}}\n  - {{name: old1, members: [bb]}}\n"
    );
    let fault = "error: it.yaml:3:5: this is the group old1, which line 2 describes already";
    refused(&cli, &yaml, &[fault, hint]);
    let id = id_of(&cli, "user show aa");
    let yaml = format!("users:\n  - username: aa\n  - username: cc\n    id: {id}\n");
    let fault = "error: it.yaml:3:5: this is the user aa, which line 2 describes already";
    refused(&cli, &yaml, &[fault, hint]);
}

#[test]
fn an_id_or_an_address_is_that_of_one_only() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add alice --email alice@example.com").expect_success();
    let id = "0197f0c4-0000-7000-8000-000000000001";
    refused(
        &cli,
        &format!("groups:\n  - {{name: aa, id: {id}}}\n  - {{name: bb, id: {id}}}\n"),
        &["error: it.yaml:3:20: the id ID is in line 2 already", "hint: it must be unique"],
    );
    refused(
        &cli,
        "users:\n  - {username: bob, email: b@example.com}\n  - {username: carol, email: B@example.com}\n",
        &[
            "error: it.yaml:3:30: the email B@example.com is in line 2 already",
            "hint: it must be unique",
        ],
    );
    let hint = "hint: it must be unique: give the other one a new value in the file";
    refused(
        &cli,
        "users: [{username: carol, email: Alice@example.com}]",
        &["error: it.yaml:1:34: Alice@example.com is the email of the user alice", hint],
    );
    cli.run("user add bob").expect_success();
    let id = id_of(&cli, "user show bob");
    refused(
        &cli,
        &format!("users: [{{username: Alice, id: {id}}}]"),
        &["error: it.yaml:1:20: Alice is the username of the user alice", hint],
    );
    // A removed account lets go of its email.
    cli.write("it.yaml", "users: [{username: carol, email: alice@example.com}]");
    cli.run("apply -f it.yaml --prune --yes").expect_success();
    cli.run("diff -f it.yaml --prune").expect(0, "", "");
}

#[test]
fn names_and_addresses_can_be_swapped() {
    let cli = Cli::on_the_engine_of_the_tests();
    for line in [
        "user add aa --email aa@example.com",
        "user add bb --email bb@example.com",
        "group create left",
        "group create right",
        "group assign left aa",
    ] {
        cli.run(line).expect_success();
    }
    let ids = ["user show aa", "user show bb", "group show left", "group show right"];
    let [aa, bb, left, right] = ids.map(|what| id_of(&cli, what));
    let yaml = format!(
        "users:\n  - {{username: bb, id: {aa}, email: bb@example.com}}\n  - {{username: aa, id: {bb}, \
         email: aa@example.com}}\ngroups:\n  - {{name: right, id: {left}, members: [aa]}}\n  - {{name: \
         left, id: {right}}}\n"
    );
    apply(&cli, &yaml).expect_success();
    cli.run("diff -f it.yaml").expect(0, "", "");
    assert_eq!((id_of(&cli, "user show bb"), id_of(&cli, "group show left")), (aa, right));
    let group = shown(&cli, "group show right");
    assert_eq!(group["users"][0]["id"], bb.as_str(), "{group}");
}

#[test]
fn several_who_apply_one_file_at_once_all_succeed() {
    let cli = Cli::on_the_engine_of_the_tests();
    cli.run("user add zoe").expect_success();
    let users: Vec<_> = (0..200).map(|n| format!("  - username: user{n}\n")).collect();
    cli.write("it.yaml", format!("users:\n{}", users.concat()));
    let all: Vec<_> = (0..4).map(|_| cli.spawn("apply -f it.yaml")).collect();
    for child in all {
        assert_eq!(ended(child).status.code(), Some(0));
    }
    assert_eq!(cli.run("audit list --limit 500 --event ACCOUNT_CREATED").ok().lines().count(), 201);
}

#[test]
fn a_plan_that_cannot_be_printed_is_not_carried_out_and_says_so() {
    let cli = Cli::new().with_empty_database();
    cli.write("it.yaml", "users: [{username: alice}]");
    let full = cli.shell("pocketid apply -f it.yaml > /dev/full");
    assert_eq!(full.code, Some(1), "{}", full.stderr);
    assert!(full.stderr.contains("hint: nothing was changed"), "{}", full.stderr);
    cli.run("user list").expect(0, "", "");
}

#[test]
fn a_file_that_is_refused_makes_no_installation() {
    let cli = Cli::new();
    apply(&cli, "groups: [{name: staff, members: [nobody]}]").refused(
        3,
        &[
            "error: it.yaml:1:33: there is no user nobody",
            "hint: add it under users, or remove it here",
        ],
    );
    assert!(!cli.path("data").exists());
    let cli = Cli::new().with_empty_database();
    apply(&cli, "groups: [{name: staff, members: [nobody]}]").expect_failure(3);
    assert!(!cli.path("data/encryption.key").exists());
}

#[test]
fn a_file_that_cannot_be_read_is_no_difference() {
    let cli = Cli::new().with_empty_database();
    for line in ["diff -f nowhere.yaml", "apply -f nowhere.yaml", "apply -f nowhere.yaml --dry-run"]
    {
        let ran = cli.run(line);
        assert_eq!(ran.code, Some(3), "{line}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: cannot read nowhere.yaml"), "{}", ran.stderr);
    }
}

#[test]
fn an_empty_reference_takes_no_secret_away() {
    let cli = Cli::new().with("SMTP_PASSWORD", "hunter2");
    apply(&cli, "settings: {smtpPassword: {env: SMTP_PASSWORD}}").expect_success();
    cli.write("empty", "\n");
    let line = "settings: {smtpPassword: {file: empty}}";
    refused(
        &cli,
        line,
        &[
            "error: it.yaml:1:26: the value of smtpPassword is empty",
            "hint: to remove it, write null",
        ],
    );
    cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
    apply(&cli, "settings: {smtpPassword: null}").expect_success();
    cli.run("config get smtpPassword --reveal").expect(0, "\n", "");
}

#[test]
fn several_who_make_one_installation_at_once_make_one_key() {
    for _ in 0..5 {
        let cli = Cli::new().with("SMTP_PASSWORD", "hunter2");
        cli.write("it.yaml", "settings: {smtpPassword: {env: SMTP_PASSWORD}}");
        let all: Vec<_> = (0..4).map(|_| cli.spawn("apply -f it.yaml")).collect();
        for child in all {
            assert_eq!(ended(child).status.code(), Some(0));
        }
        cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
        let files = std::fs::read_dir(cli.path("data")).unwrap();
        let keys = files.filter(|file| {
            file.as_ref().unwrap().file_name().to_string_lossy().starts_with("encryption.key")
        });
        assert_eq!(keys.count(), 1);
    }
}

#[test]
fn an_export_leaves_out_what_no_file_may_say_and_tells_of_it() {
    let cli = Cli::new();
    let yaml = "clients: [{id: web, name: Web, launchURL: 'https://a.example'}]\nsettings: {appName: Home}";
    apply(&cli, yaml).expect_success();
    let wrong =
        "UPDATE clients SET launch_url = 'https://a.example/' || char(1, 127, 0x85, 0x2028)";
    cli.database().execute(wrong, []).unwrap();
    cli.database().execute("UPDATE settings SET value = 'a' || char(127)", []).unwrap();
    let exported = cli.run("export-config");
    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    let told: Vec<_> = exported.stderr.lines().collect();
    assert_eq!(told.len(), 2, "{}", exported.stderr);
    assert!(
        told[0].starts_with("warning: launchURL of the client web is left out: "),
        "{}",
        told[0]
    );
    assert!(told[1].starts_with("warning: the setting appName is left out: "), "{}", told[1]);
    for form in ["", " -o json"] {
        let exported = cli.run(&format!("export-config{form}")).stdout;
        assert!(exported.contains("web") && !exported.contains("launchURL"), "{exported}");
        let other = Cli::new();
        apply(&other, &exported).expect_success();
        other.run("diff -f it.yaml --prune").expect(0, "", "");
    }
}

#[test]
fn servers_that_start_at_once_with_one_file_all_start() {
    let cli = Cli::on_the_engine_of_the_tests();
    let users: Vec<_> = (0..200).map(|n| format!("  - username: user{n}\n")).collect();
    cli.write("it.yaml", format!("settings: {{appName: Home}}\nusers:\n{}", users.concat()));
    // An SQLite file has one server; commands are beside it.
    let (servers, commands) = if postgres::is_wanted() { (3, 0) } else { (1, 2) };
    std::thread::scope(|scope| {
        let servers: Vec<_> =
            (0..servers).map(|_| scope.spawn(|| cli.serve_with("--apply it.yaml"))).collect();
        let commands: Vec<_> = (0..commands).map(|_| cli.spawn("apply -f it.yaml")).collect();
        for child in commands {
            assert_eq!(ended(child).status.code(), Some(0));
        }
        for server in servers {
            let page = server.join().unwrap().request("GET /login HTTP/1.1");
            assert!(page.contains("Home</title>"), "{page}");
        }
    });
    cli.run("diff -f it.yaml").expect(0, "", "");
    let made = cli.run("audit list --limit 500 --event ACCOUNT_CREATED").ok();
    assert_eq!(made.lines().count(), 200);
}
