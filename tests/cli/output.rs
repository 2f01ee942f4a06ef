//! Rules for every command: forms, colours, quiet, usage errors, readers that go away.

use crate::support::cli::Cli;

#[test]
fn without_a_command_there_is_help_and_no_success() {
    let help = Cli::new().run("");
    assert_eq!((help.code, help.stdout.as_str()), (Some(2), ""));
    let is_client = |line: &str| {
        line.starts_with("  client ") && line.ends_with("  Applications that people sign in to")
    };
    assert!(help.stderr.lines().any(is_client), "{}", help.stderr);
}

#[test]
fn help_lists_the_commands_in_groups() {
    let help = Cli::new().run("--help").ok();

    let places: Vec<_> = ["\nPeople:\n", "\nApplications:\n", "\nServer:\n", "\nData:\n"]
        .map(|title| help.find(title).unwrap_or_else(|| panic!("{title}: {help}")))
        .to_vec();
    assert!(places.is_sorted(), "{help}");
    assert!(!help.contains("\nCommands:\n"), "{help}");
}

#[test]
fn the_options_of_a_client_are_in_sections() {
    for verb in ["create", "update"] {
        let help = Cli::new().run(&format!("client {verb} --help")).ok();
        let sections = [
            "Application",
            "Addresses",
            "Sign-in",
            "Client authentication",
            "Tokens",
            "Global options",
        ];
        for section in sections {
            assert!(help.contains(&format!("\n{section}:\n")), "{verb}, {section}: {help}");
        }
        let usages = help.lines().filter(|line| line.starts_with("Usage: ")).collect::<Vec<_>>();
        assert_eq!(usages.len(), 1);
        assert!(usages[0].ends_with('>'), "it is on one line: {usages:?}");
    }
}

#[test]
fn a_change_of_nothing_is_told_in_two_lines() {
    for (line, option, usage) in [
        ("client update web", "--name <NAME>", "client update [OPTIONS] <CLIENT>"),
        ("user update alice", "--username <NAME>", "user update [OPTIONS] <USER>"),
    ] {
        Cli::new().run(line).refused(
            2,
            &[
                &format!("error: nothing to change: give at least one option, such as {option}"),
                &format!("hint: usage: pocketid {usage}, and --help for more"),
            ],
        );
    }
}

#[test]
fn the_names_that_shells_have_for_listing_and_removing_are_understood() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();
    cli.run("group ls").expect(0, "staff\tstaff\t0\n", "");
    cli.run("group rm staff --yes").expect_success();
    cli.run("group ls").expect(0, "", "");
}

#[test]
fn a_misspelt_command_is_answered_with_the_near_one() {
    Cli::new().run("user lst").expect(
        2,
        "",
        "error: unrecognized subcommand 'lst'\nhint: some similar subcommands exist: 'ls', 'list'\n\
         hint: usage: pocketid user [OPTIONS] <COMMAND>, and --help for more\n",
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    for line in ["user list", "user list -o json", "--help", "completions bash", "version"] {
        let ran = cli.run_unread(line);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{line}");
    }
}

#[test]
fn forms_and_quiet_can_be_set_for_good() {
    let cli = Cli::new().with("POCKETID_OUTPUT", "json").with("POCKETID_QUIET", "1");
    cli.run("group create staff").expect_success();

    assert_eq!(cli.run("group list").json()[0]["name"], "staff");
    let again = cli.run("group create staff --if-absent");
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""), "quiet leaves the note out");
    // An option has the last word.
    cli.run("group list -o text").expect(0, "staff\tstaff\t0\n", "");
    let told = cli.with("POCKETID_QUIET", "0").run("group create staff --if-absent");
    assert_eq!(told.stderr, "The group staff already exists; nothing was changed.\n");
}

#[test]
fn errors_are_told_even_to_who_wants_quiet() {
    Cli::new().with_empty_database().run("user show alice --quiet").expect_failure(1);
}

#[test]
fn lines_for_a_file_are_offered_by_clients_only() {
    let cli = Cli::new();
    for line in ["user add alice -o env", "client list -o env", "version -o env"] {
        cli.run(line).refused(
            2,
            &[
                "error: `--output env` is for `client create` and `client show` only",
                "hint: use `--output text` or `--output json`",
            ],
        );
    }
    assert!(!cli.path("data").exists(), "nothing was done");
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let cli = Cli::new();
    let escape = '\u{1b}';
    let stderr = |line: &str| cli.run(line).stderr;

    assert!(!stderr("user show alice").contains(escape));
    assert!(stderr("user show alice --color always").starts_with("\u{1b}[1m\u{1b}[31merror:"));
    assert!(stderr("user show --color always").contains(escape), "usage errors as well");
    assert!(!stderr("user show --color=never").contains(escape));
}

#[test]
fn the_version_is_told_in_json_as_well() {
    let version = Cli::new().run("version -o json").json();
    assert_eq!(
        version,
        serde_json::json!({"name": "pocketid", "version": env!("CARGO_PKG_VERSION")})
    );
}

#[test]
fn help_of_every_command_has_examples() {
    let cli = Cli::new();
    for line in [
        "",
        "serve",
        "setup",
        "user add",
        "user list",
        "user show",
        "group create",
        "group list",
        "group assign",
        "client create",
        "client list",
        "client show",
        "client delete",
        "recover",
        "healthcheck",
        "completions",
    ] {
        let help = cli.run(&format!("{line} --help")).ok();
        assert!(help.contains("\nExamples:\n"), "{line}");
    }
}
