//! What each command prints, word by word.
//!
//! A file in `transcripts/` is what somebody sees who works at a shell: a line after `$ ` is run, lines
//! after `> ` belong to it. What comes out stands below it: standard output as it is, standard error
//! after `2> `, an exit code other than 0 in brackets. `UPDATE_TRANSCRIPTS=1` writes down what comes out
//! now; read the difference before you commit it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use pocketid::store::schema::Schema;
use serde_json::Value;

use crate::support::{
    cli::{Cli, redact},
    op::TestOp,
    pocket_id::{self, PocketId},
};

/// These start something that does not end, print one form only, or are shown by files of their own.
const SHOWN_ELSEWHERE: &[&str] =
    &["serve", "completions", "man", "ssh krl", "ssh login", "ssh principals"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/transcripts")
}

/// A command line and what is to come out of it.
struct Step {
    command: String,
    printed: String,
}

fn steps(transcript: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in transcript.lines() {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
            (Some(command), ..) => {
                steps.push(Step { command: command.to_owned(), printed: String::new() });
            }
            (None, Some(more), Some(step)) if step.printed.is_empty() => {
                step.command += &format!("\n{more}");
            }
            (None, _, Some(step)) => step.printed += &format!("{line}\n"),
            (None, _, None) => assert!(line.starts_with('#'), "before the first command: {line}"),
        }
    }
    steps
}

fn heading(transcript: &str) -> String {
    transcript
        .lines()
        .take_while(|line| line.starts_with('#'))
        .fold(String::new(), |all, line| all + line + "\n")
}

fn run(cli: &Cli, command: &str) -> String {
    let ran = cli.shell(command);
    let mut printed = without_what_is_new(&ran.stdout);
    if !printed.is_empty() && !printed.ends_with('\n') {
        printed += "\\\n";
    }
    without_what_is_new(&ran.stderr).lines().for_each(|line| printed += &format!("2> {line}\n"));
    match ran.code {
        Some(0) => {}
        code => printed += &format!("[{}]\n", code.expect("an exit code")),
    }
    printed
}

/// Parts of secrets, names of keys, and moments as numbers are new each time as well.
fn without_what_is_new(text: &str) -> String {
    redact(text)
        .lines()
        .map(|line| in_json(line).unwrap_or_else(|| in_columns(line)) + "\n")
        .map(|line| without_moment_of_old_data(&line))
        .collect()
}

fn without_moment_of_old_data(line: &str) -> String {
    match line.split_once("before-restore-") {
        Some((before, after)) if after.len() > 16 => {
            // The second one of the same second has a number.
            format!("{before}before-restore-MOMENT{}", after[16..].trim_start_matches("-2"))
        }
        _ => line.to_owned(),
    }
}

fn in_json(line: &str) -> Option<String> {
    const FIELDS: [(&str, &str); 5] = [
        ("\"credentialID\": \"", "CREDENTIAL"),
        ("\"kid\": \"", "KID"),
        ("\"prefix\": \"", "PREFIX"),
        ("\"size\": ", "BYTES"),
        ("\"updated_at\": ", "SECONDS"),
    ];
    FIELDS.into_iter().find_map(|(field, word)| {
        let (before, after) = line.split_once(field)?;
        let end = after.find(['"', ',']).unwrap_or(after.len());
        Some(format!("{before}{field}{word}{}", &after[end..]))
    })
}

fn in_columns(line: &str) -> String {
    let is_key = line.contains("\tRS256\t") || line.contains("\tES256\t");
    let is_size = line.starts_with("Size\t") || line.contains(".zip\t");
    let column = |(at, column): (usize, &str)| match column.find('…') {
        Some(end) if end >= 4 => format!("{}PREFIX{}", &column[..end - 4], &column[end..]),
        _ if at == 0 && is_key => "KID".to_owned(),
        _ if is_size && column.parse::<u64>().is_ok() => "BYTES".to_owned(),
        _ if column.len() == 10 && column.parse::<u32>().is_ok() => "SECONDS".to_owned(),
        _ => column.to_owned(),
    };
    line.split('\t').enumerate().map(column).collect::<Vec<_>>().join("\t")
}

/// Runs a transcript from its beginning to its end, and compares.
#[track_caller]
fn play(cli: &Cli, name: &str) {
    let path = folder().join(format!("{name}.txt"));
    let transcript = fs::read_to_string(&path).expect("the transcript");
    let mut played = heading(&transcript);
    for step in steps(&transcript) {
        played += &format!("$ {}\n{}", step.command.replace('\n', "\n> "), run(cli, &step.command));
    }
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        fs::write(&path, &played).expect("the transcript is written");
    }
    assert_same(&transcript, &played, name);
}

/// Tells the first difference, since whole transcripts are long.
#[track_caller]
fn assert_same(expected: &str, played: &str, name: &str) {
    let mut command = "";
    for (expected, played) in expected.lines().zip(played.lines()) {
        if expected.starts_with("$ ") {
            command = expected;
        }
        assert_eq!(played, expected, "{name}: {command}");
    }
    assert_eq!(
        played.lines().count(),
        expected.lines().count(),
        "{name} ends too early or too late"
    );
}

macro_rules! transcripts {
    ($($name:ident),+ $(,)?) => {
        const PLAYED: &[&str] =
            &[
                $(stringify!($name)),+,
                "backups",
                "doctor",
                "import",
                "passkeys_and_sessions",
                "rollback",
            ];
        $(
            #[test]
            fn $name() {
                play(&Cli::on_the_engine_of_the_tests(), stringify!($name));
            }
        )+
    };
}

transcripts! {
    api_keys,
    apis,
    audit,
    clients,
    config,
    configuration_file,
    first_steps,
    groups,
    keys,
    outward,
    protected_hosts,
    recipes,
    refusals,
    registration,
    signup_tokens,
    ssh,
    users,
    webhooks,
}

/// A backup tells which engine it came from, and only a file is kept beside the new one.
#[test]
fn backups() {
    play(&Cli::new(), "backups");
}

/// What there is to look after depends on the engine.
#[test]
fn doctor() {
    play(&Cli::new(), "doctor");
}

#[test]
fn import() {
    let old = PocketId::new();
    let export = old.archive();
    let cli = Cli::on_the_engine_of_the_tests().with("ENCRYPTION_KEY", pocket_id::ENCRYPTION_KEY);
    play(&cli.with("EXPORT", export.to_str().unwrap()), "import");
}

/// Somebody has signed in, so there is a passkey and a session.
#[test]
fn passkeys_and_sessions() {
    let op = TestOp::start();
    let _alice = op.person("alice");
    play(&op.cli().with("SERVER", op.base_url()), "passkeys_and_sessions");
}

/// The data of the version before was upgraded.
#[test]
fn rollback() {
    let old = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/data/schema-{}", Schema::NEWEST - 1));
    let facts = fs::read(old.join("facts.json")).expect("the facts of the old data");
    let facts: Value = serde_json::from_slice(&facts).expect("JSON");
    let cli = Cli::new().with("ENCRYPTION_KEY", facts["encryptionKey"].as_str().expect("a key"));
    fs::create_dir(cli.path("data")).expect("a new folder");
    fs::copy(old.join("pocketid.db"), cli.path("data/pocketid.db")).expect("a copy");
    play(&cli, "rollback");
}

#[test]
fn every_transcript_is_played() {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<_> =
        files.map(|name| name.into_string().unwrap().replace(".txt", "")).collect();
    assert_eq!(files, PLAYED.iter().map(|name| (*name).to_owned()).collect());
}

/// Every command line of the transcripts.
fn commands() -> Vec<String> {
    let transcripts = PLAYED.iter().map(|name| {
        fs::read_to_string(folder().join(format!("{name}.txt"))).expect("the transcript")
    });
    transcripts.flat_map(|text| steps(&text)).map(|step| step.command).collect()
}

/// Lines of the transcripts that are no more than a command of ours.
fn plain_commands() -> BTreeSet<String> {
    let is_plain = |line: &String| {
        line.starts_with("pocketid ") && !line.contains(['|', '>', '<', '&', '$', ';', '\n'])
    };
    commands().into_iter().filter(is_plain).collect()
}

/// Whatever is wrong with a line, a database of a later version is neither read nor changed.
#[test]
fn no_command_touches_a_database_of_a_newer_version() {
    let cli = Cli::new().with("ENCRYPTION_KEY", "an encryption key for tests");
    cli.run("user add somebody --admin").expect_success();
    cli.database().pragma_update(None, "user_version", 99).unwrap();
    // The log beside it holds what was not moved into the file yet.
    cli.database().pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    let before = fs::read(cli.path("data/pocketid.db")).unwrap();

    let mut refused = 0;
    for line in plain_commands() {
        let ran = cli.shell(&line);
        let code = ran.code.unwrap();
        if code == 4 {
            refused += 1;
            assert!(ran.stderr.contains("newer"), "{line}: {}", ran.stderr);
        }
        // What is wrong with the line or its files may be told before the database is looked at.
        let needs_none =
            ["version", "healthcheck", "client recipes", "backup list", "ssh principals"];
        let is_exempt = needs_none.iter().any(|verb| line.starts_with(&format!("pocketid {verb}")));
        assert!(code != 0 || is_exempt, "{line} succeeded");
    }

    assert!(refused > 100, "only {refused} lines met the database");
    assert_eq!(fs::read(cli.path("data/pocketid.db")).unwrap(), before);
}

/// `| head` closes its end when it has read enough.
#[test]
fn no_command_minds_a_reader_that_goes_away() {
    let cli = Cli::new().with("ENCRYPTION_KEY", "an encryption key for tests");
    cli.run("user add alice --admin").expect_success();
    for line in plain_commands() {
        let ran = cli.shell(&format!("{{ {line}; echo ended with $? >&2; }} | true"));
        let ended = ran.stderr.trim_end().rsplit_once(' ').map(|(_, code)| code);
        assert!(matches!(ended, Some("0" | "1" | "2" | "3")), "{line}: {}", ran.stderr);
    }
}

/// The commands that do something, such as `client secret create`.
fn verbs() -> Vec<String> {
    let reference = Cli::new().run("man").ok();
    let sections = reference.split("\n## `pocketid ").skip(1);
    let verbs = sections.filter(|help| !help.contains("\nCommands:\n"));
    verbs.map(|help| help.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn every_command_is_shown_as_text_and_as_json() {
    let commands = commands();
    let is_shown = |verb: &str, as_json: bool| {
        commands.iter().any(|command| {
            let is_json = command.contains("-o json");
            command.contains(&format!("pocketid {verb}")) && is_json == as_json
        })
    };

    let mut missing = Vec::new();
    for verb in verbs().iter().filter(|verb| !SHOWN_ELSEWHERE.contains(&verb.as_str())) {
        for (form, as_json) in [("text", false), ("JSON", true)] {
            if !is_shown(verb, as_json) {
                missing.push(format!("{verb} as {form}"));
            }
        }
    }

    assert!(missing.is_empty(), "no transcript shows {}", missing.join(", "));
}
