//! What a person sees and is asked on a terminal.

use crate::support::cli::{Cli, redact};

/// The lines of a terminal, without colours and without what `script` adds.
fn lines(printed: &str) -> String {
    redact(&printed.replace("\r\n", "\n"))
}

#[test]
fn a_list_is_aligned_under_a_header() {
    let cli = Cli::new();
    cli.run("user add alice --email alice@example.com --admin").expect_success();
    cli.run("user add bob --first-name Bob").expect_success();

    let listed = cli.run_on_terminal("user list --color never", "");

    assert_eq!(
        lines(&listed.stdout),
        "USERNAME  NAME   EMAIL              ROLE   STATUS\n\
         alice     alice  alice@example.com  admin  enabled\n\
         bob       Bob                       user   enabled\n"
    );
}

#[test]
fn an_empty_list_tells_how_to_fill_it() {
    let cli = Cli::new().with_empty_database();
    for (line, told) in [
        ("user list", "There are no users yet. To create the first: pocketid setup\n"),
        ("group list", "There are no groups yet. To create one: pocketid group create NAME\n"),
        ("client list", "There are no clients yet. To register one: pocketid client create NAME\n"),
    ] {
        assert_eq!(lines(&cli.run_on_terminal(line, "").stdout), told);
    }
}

#[test]
fn a_new_client_is_followed_by_the_addresses_that_it_asks_for() {
    let cli = Cli::new();

    let created = cli.run_on_terminal("client create Linkding --id linkding", "");

    assert_eq!(
        lines(&created.stdout),
        "Client ID:\n\
         linkding\n\
         \n\
         Client secret, shown only once:\n\
         SECRET\n\
         \n\
         Linkding may also ask for some of these addresses:\n\
         \n\
         Issuer         https://id.example.com\n\
         Discovery      https://id.example.com/.well-known/openid-configuration\n\
         Authorization  https://id.example.com/authorize\n\
         Token          https://id.example.com/api/oidc/token\n\
         User info      https://id.example.com/api/oidc/userinfo\n\
         Keys (JWKS)    https://id.example.com/.well-known/jwks.json\n\
         Sign out       https://id.example.com/api/oidc/end-session\n"
    );
}

#[test]
fn a_link_is_told_in_sentences_and_drawn() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();

    let made = lines(&cli.run_on_terminal("recover alice", "").stdout);

    let (told, drawing) = made.split_once("private.\n").unwrap();
    let code = told.lines().nth(6).unwrap();
    let until = told.lines().nth(8).unwrap();
    assert_eq!(
        told.lines().next().unwrap(),
        "Open this link to sign in as alice, and add a passkey:"
    );
    assert_eq!(code, "SHORT-CODE");
    assert!(until.starts_with("They work once, within 15 minutes (until 20"), "{until}");
    // Black on white, whatever the colours of the terminal.
    let rows: Vec<_> = drawing.trim().lines().collect();
    assert!(rows.iter().all(|row| row.starts_with("\u{1b}[38;5;16;48;5;231m")), "{drawing}");
    assert!(rows.len() > 12);
}

#[test]
fn set_up_asks_for_what_is_missing_and_again_for_what_is_wrong() {
    let cli = Cli::new();

    let asked = cli.run_on_terminal("setup --display-name Al", "al ice\nalice\n\n");

    assert_eq!(asked.code, Some(0), "{}", asked.stdout);
    assert!(asked.stdout.contains("Username"), "{}", asked.stdout);
    assert!(asked.stdout.contains("Email (optional)"), "{}", asked.stdout);
    assert!(!asked.stdout.contains("Display name"), "it was given: {}", asked.stdout);
    cli.run("user list").expect(0, "alice\tAl\t\tadmin\tenabled\n", "");
}

#[test]
fn deleting_asks_first() {
    let cli = Cli::new();
    cli.run("client create Web --id web").expect_success();

    let refused = cli.run_on_terminal("client delete web", "n\n");
    assert_eq!(refused.code, Some(1));
    assert!(refused.stdout.contains("This deletes Web (web) and all its tokens."));
    assert!(refused.stdout.contains("the answer was not yes: nothing was changed"));
    cli.run("client list").expect(0, "Web\tweb\tconfidential\teverybody\n", "");

    let agreed = cli.run_on_terminal("client delete web", "y\n");
    assert_eq!(agreed.code, Some(0), "{}", agreed.stdout);
    cli.run("client list").expect(0, "", "");
}

#[test]
fn a_terminal_that_was_never_told_its_size_gets_a_readable_table() {
    let cli = Cli::new();
    cli.run("client create Linkding --id linkding").expect_success();

    let listed = cli.run_on_terminal_of(0, "client list", "");

    let shown = lines(&listed.stdout);
    assert!(shown.contains("linkding   confidential  everybody"), "{shown}");
}

#[test]
fn a_question_that_is_interrupted_changes_nothing_and_leaves_the_terminal_as_it_was() {
    let cli = Cli::new();
    cli.run("client create Web --id web").expect_success();

    for (line, question) in [("client delete web", "Continue?"), ("setup", "Username")] {
        let asked = cli.interrupt_on_terminal(line, question);

        // 128 and the number of SIGINT, as shells have it.
        assert_eq!(asked.code, Some(130), "{}", asked.stdout);
        let (hidden, shown) = ("\u{1b}[?25l", "\u{1b}[?25h");
        assert!(
            asked.stdout.rfind(hidden) <= asked.stdout.rfind(shown),
            "the cursor stays hidden: {:?}",
            asked.stdout
        );
    }

    cli.run("client list").expect(0, "Web\tweb\tconfidential\teverybody\n", "");
    cli.run("user list").expect(0, "", "");
}

#[test]
fn every_command_that_cannot_be_undone_asks_on_a_terminal() {
    let cli = Cli::new();
    for line in [
        "user add alice",
        "group create staff",
        "client create Web --id web",
        "api create https://api.example.com",
        "api-key create nightly --for alice",
        "backup backup.zip",
        "client secret create web",
    ] {
        cli.run(line).expect_success();
    }
    let secret = cli.run("client secret list web").ok();
    let secret = secret.lines().next().unwrap().rsplit('\t').next().unwrap().to_owned();

    for line in [
        "user remove alice".to_owned(),
        "group delete staff".to_owned(),
        "client delete web".to_owned(),
        format!("client secret delete web {secret}"),
        "api delete https://api.example.com".to_owned(),
        "api-key delete nightly".to_owned(),
        "restore backup.zip".to_owned(),
        "rotate-encryption-key".to_owned(),
    ] {
        let asked = cli.run_on_terminal(&line, "n\n");
        assert_eq!(asked.code, Some(1), "{line}: {}", asked.stdout);
        assert!(asked.stdout.contains("nothing was changed"), "{line}: {}", asked.stdout);
        // Off a terminal nobody can be asked.
        cli.run(&line).expect_failure(2);
    }
}
