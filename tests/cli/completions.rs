//! Completions in a real shell: its suggestions for an unfinished word.

use crate::support::cli::{Cli, Ran};

/// The suggestions of bash for the last word of a line.
fn offered(cli: &Cli, line: &str) -> Ran {
    let script = format!(
        "PATH=\"$(dirname \"$P\"):$PATH\"
         exec bash -c '
         eval \"$(pocketid completions bash)\"
         COMP_WORDS=({line}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMP_TYPE=9
         _clap_complete_pocketid pocketid \"${{COMP_WORDS[COMP_CWORD]}}\"
         printf \"%s\\n\" \"${{COMPREPLY[@]}}\"'"
    );
    cli.script(&script)
}

fn with_names() -> Cli {
    let cli = Cli::new();
    for line in [
        "user add alice --email alice@example.com",
        "user add alina",
        "user add bob",
        "group create staff",
        "client create Wiki --id wiki",
        "api create https://api.example.com",
    ] {
        cli.run(line).expect_success();
    }
    cli.run_args(&["client", "create", "My Photos", "--id", "photos"]).expect_success();
    cli
}

#[test]
fn names_in_the_database_are_offered_where_a_command_names_one() {
    let cli = with_names();
    for (line, words) in [
        ("pocketid user show al", "alice\nalina\n"),
        ("pocketid user show AL", "alice\nalina\n"),
        ("pocketid recover b", "bob\n"),
        ("pocketid group assign staff al", "alice\nalina\n"),
        ("pocketid user add carol --group st", "staff\n"),
        ("pocketid client preview w", "Wiki\nwiki\n"),
        (
            "pocketid client show \"\"",
            "Wiki\nphotos\nwiki\n--output\n--quiet\n--color\n--utc\n--help\n",
        ),
        ("pocketid api show htt", "https://api.example.com\n"),
        ("pocketid client create Links --recipe linkd", "linkding\n"),
        ("pocketid config get session", "sessionDuration\n"),
        ("pocketid user li", "list\n"),
        ("pocketid client create X --pk", "--pkce\n"),
    ] {
        assert_eq!(offered(&cli, line).ok(), words, "{line}");
    }
}

/// `add` comes before `create` in the alphabet, and was offered in its place.
#[test]
fn commands_are_offered_by_their_names_before_the_options() {
    let offered = offered(&Cli::new(), "pocketid client \"\"").ok();
    let words: Vec<_> = offered.lines().collect();
    assert_eq!(words[0], "create", "{offered}");
    assert!(!words.contains(&"add"), "{offered}");
    let is_option = |word: &&str| word.starts_with('-');
    assert!(words.iter().skip_while(|word| !is_option(word)).all(is_option));
    assert_eq!(self::offered(&Cli::new(), "pocketid client ad").ok(), "add\n");
}

/// Zsh lists words without a description after those that have one: the options.
#[test]
fn names_have_a_description() {
    let cli = with_names();
    let script = "_CLAP_COMPLETE_INDEX=3 POCKETID_COMPLETE=zsh $P -- pocketid user show al";
    assert_eq!(cli.script(script).ok(), "alice:user\nalina:user");
}

#[test]
fn commands_that_help_does_not_show_are_not_offered() {
    assert_eq!(offered(&Cli::new(), "pocketid one").ok(), "\n");
}

/// The user is in the middle of a line: faults are told when the line is run.
#[test]
fn nothing_is_offered_or_said_or_made_where_there_is_no_database() {
    let cli = Cli::new();
    assert_eq!(offered(&cli, "pocketid user show al").ok(), "\n");
    assert!(!cli.path("data").exists());

    let cli = Cli::new().with("DB_CONNECTION_STRING", "their.db");
    cli.write("their.db", "no database");
    assert_eq!(offered(&cli, "pocketid user show al").ok(), "\n");

    let cli = Cli::new().with("APP_URL", "not an address");
    assert_eq!(offered(&cli, "pocketid user show al").ok(), "\n");
}
