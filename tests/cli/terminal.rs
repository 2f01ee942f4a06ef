//! Output and questions on a terminal.

use pocketid::model::Timestamp;

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
        "USERNAME  NAME   EMAIL              ROLE   STATUS   PASSKEYS  LAST SIGN-IN\n\
         alice     alice  alice@example.com  admin  enabled  0         never\n\
         bob       Bob                       user   enabled  0         never\n"
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

/// A code in the colours of a dark terminal would be inverted.
#[test]
fn a_qr_code_is_black_on_white_without_colours_as_well() {
    let cli = Cli::new().with("NO_COLOR", "1");
    cli.run("user add alice").expect_success();

    let drawn = cli.run_on_terminal("recover alice --color never", "").stdout;

    let rows = drawn.lines().filter(|line| line.contains('▀')).collect::<Vec<_>>();
    assert!(rows.len() > 10, "{drawn}");
    assert!(rows.iter().all(|row| row.starts_with("\u{1b}[38;5;16;48;5;231m    ")), "{drawn}");
    let narrow = cli.run_on_terminal_of(30, "recover alice", "").stdout;
    assert!(!narrow.contains('▀'), "it would be broken: {narrow}");
}

/// With long names, several clients and several entries of the audit log.
fn with_long_names() -> Cli {
    let cli = Cli::new();
    for line in [
        "user add alexandra-of-the-north --email alexandra@a-long-name.example.com --admin",
        "client create Linkding --callback https://links.example.com/oidc/callback/",
        "api-key create nightly --for alexandra-of-the-north",
        "config set homePageUrl /settings/account?with=a-longer-text-than-fits",
    ] {
        cli.run(line).expect_success();
    }
    cli
}

#[test]
fn tables_keep_event_names_keys_and_ids_whole_at_every_width() {
    let cli = with_long_names();
    let ids = |line: &str| cli.run(line).json()[0]["id"].as_str().unwrap().to_owned();
    let (client, key) = (ids("client list -o json"), ids("api-key list -o json"));
    for (line, whole) in [
        ("client list", client.as_str()),
        ("api-key list", key.as_str()),
        ("audit list", "APP_CONFIG_CHANGED"),
        ("config list", "emailOneTimeAccessAsUnauthenticatedEnabled"),
        ("user list", "alexandra-of-the-north"),
    ] {
        for columns in [80, 60, 45] {
            let shown =
                cli.run_on_terminal_of(columns, &format!("{line} --color never"), "").stdout;
            let longest = shown.lines().map(|line| line.chars().count()).max().unwrap();
            // On a narrower one, a long address has a line of its own, to be copied.
            assert!(columns < 60 || longest <= columns.into(), "{line} at {columns}: {shown}");
            assert!(shown.contains(whole), "{line} at {columns}: {shown}");
        }
    }
}

#[test]
fn a_narrow_table_drops_columns_and_names_them() {
    let cli = with_long_names();

    let shown = lines(&cli.run_on_terminal_of(60, "api-key list --color never", "").stdout);

    assert_eq!(
        shown,
        "NAME     USERNAME       ID\n".to_owned()
            + shown.lines().nth(1).unwrap()
            + "\n(not shown: CREATED, EXPIRES, LAST USED; -o json has\neverything)\n"
    );
}

#[test]
fn times_are_local_on_a_terminal_unless_utc_is_asked_for() {
    let cli = Cli::new().with("TZ", "TST-13:30");
    cli.run("user add alice").expect_success();
    let stored = cli.run("audit list").stdout.split('\t').next().unwrap().to_owned();
    let created: Timestamp = stored.parse().unwrap();
    // As in RFC 3339, without its marks.
    let plain = |moment: Timestamp| moment.to_string().replace('T', " ").replace('Z', "");

    let [local, utc] =
        ["audit list", "audit list --utc"].map(|line| cli.run_on_terminal(line, "").stdout);

    assert!(local.contains(&plain(created.plus(13 * 3600 + 30 * 60))), "{local}");
    assert!(utc.contains(&(plain(created) + " UTC")), "{utc}");
    assert_eq!(created.to_string(), stored, "in a pipe it is RFC 3339, in UTC");
}

#[test]
fn sizes_have_units_on_a_terminal_and_are_bytes_in_pipes() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    std::fs::create_dir(cli.path("kept")).unwrap();

    let made = cli.run_on_terminal("backup kept", "").stdout;

    assert!(made.contains(" KiB"), "{made}");
    let listed = cli.run("backup list kept").ok();
    assert!(listed.split('\t').nth(2).unwrap().parse::<u64>().is_ok(), "{listed}");
    let listed = cli.run_on_terminal("backup list kept", "").stdout;
    assert!(listed.contains("SIZE") && listed.contains(" KiB"), "{listed}");
}

#[test]
fn a_recipe_has_a_heading_and_the_next_step() {
    let line = "client create Linkding --id ld --recipe linkding --url https://links.example.com";

    let told =
        lines(&Cli::new().run_on_terminal_of(80, &format!("{line} --color never"), "").stdout);

    assert!(told.starts_with("Settings for Linkding\n\nLD_ENABLE_OIDC=True\n"), "{told}");
    assert!(
        told.ends_with(
            "\nNext: restart Linkding with these settings, and sign in at\n\
             https://links.example.com.\n\
             To look at the client again: pocketid client show ld\n"
        ),
        "{told}"
    );
}

#[test]
fn a_difference_ends_in_a_sum_and_is_no_error() {
    let cli = Cli::new();
    cli.run("client create Old --id old").expect_success();
    cli.run("client create Web --id web").expect_success();
    cli.write("it.yaml", "clients: [{id: web, name: Website}, {id: new, name: New}]");

    let shown = cli.run_on_terminal("diff -f it.yaml --prune --color never", "");

    assert_eq!(shown.code, Some(1));
    assert_eq!(
        lines(&shown.stdout),
        "~ change client Web (web)\n\
        \x20   name: \"Web\" -> \"Website\"\n\
         + create client New (new)\n\
        \x20   name: \"New\"\n\
         - remove client Old (old)\n\
         1 to add, 1 to change, 1 to remove\n"
    );
}

#[test]
fn set_up_asks_for_what_is_missing_and_again_for_what_is_wrong() {
    let cli = Cli::new();

    let asked = cli.run_on_terminal("setup --display-name Al", "al ice\nalice\n\n");

    assert_eq!(asked.code, Some(0), "{}", asked.stdout);
    assert!(asked.stdout.contains("Username"), "{}", asked.stdout);
    assert!(asked.stdout.contains("Email (optional)"), "{}", asked.stdout);
    assert!(!asked.stdout.contains("Display name"), "it was given: {}", asked.stdout);
    cli.run("user list").expect(0, "alice\tAl\t\tadmin\tenabled\t0\tnever\n", "");
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
        // Off a terminal there is no way to ask.
        cli.run(&line).expect_failure(2);
    }
}

#[test]
fn a_list_of_revoked_certificates_is_not_put_on_a_terminal() {
    let cli = Cli::new();
    cli.run("user add alice --admin").expect_success();
    cli.run("ssh enable").expect_success();

    for format in ["text", "json"] {
        let line = format!("ssh krl --color never -o {format}");
        let refused = lines(&cli.run_on_terminal(&line, "").stdout);

        let hint = "hint: write it to a file: pocketid ssh krl --write FILE";
        assert!(refused.contains(hint), "{refused}");
        assert!(!refused.contains("SSHKRL"), "{refused}");
    }
}
