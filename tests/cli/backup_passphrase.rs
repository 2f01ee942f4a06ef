//! Backups that a passphrase protects, in the format of age.

use crate::support::{archive::Members, cli::Cli};

const PASSPHRASE: &str = "correct horse battery staple";

fn prepared() -> Cli {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.write("passphrase", format!("{PASSPHRASE}\n"));
    cli
}

#[test]
fn a_passphrase_comes_from_a_file_or_the_environment() {
    let cli = prepared();
    let made = cli.run("backup it.age --passphrase-file passphrase -o json").json();
    assert_eq!(made["isEncrypted"], true);
    let raw = std::fs::read(cli.path("it.age")).unwrap();
    assert!(raw.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    cli.run("user add bob").expect_success();

    cli.run("backup verify it.age --passphrase-file passphrase").expect_success();
    let cli = cli.with("BACKUP_PASSPHRASE", PASSPHRASE);
    cli.run("restore it.age --yes").expect_success();
    assert_eq!(cli.run("user list").ok().lines().count(), 1);

    let path = cli.run("backup -o json").json()["path"].as_str().unwrap().to_owned();
    assert!(path.ends_with(".zip.age"), "{path}");
    assert_eq!(cli.run("backup list -o json").json()[0]["isEncrypted"], true);
}

#[test]
fn a_wrong_or_missing_passphrase_changes_nothing() {
    let cli = prepared();
    cli.run("backup it.age --passphrase-file passphrase").expect_success();
    cli.run("user add bob").expect_success();
    cli.write("wrong", "correct horse battery stable");
    cli.write("short", "12345678901\n");
    cli.write("empty", "\n");

    cli.run("restore it.age --yes --passphrase-file wrong").refused(
        1,
        &[
            "error: cannot decrypt this backup: the passphrase is wrong",
            "hint: give the passphrase that it was made with: --passphrase-file FILE, or \
             BACKUP_PASSPHRASE",
        ],
    );
    cli.run("restore it.age --yes").refused(
        2,
        &[
            "error: a passphrase is needed, and there is no terminal to ask",
            "hint: add --passphrase-file FILE, or set BACKUP_PASSPHRASE",
        ],
    );
    cli.run("backup x.age --passphrase-file short").refused(
        2,
        &[
            "error: the passphrase is shorter than 12 characters",
            "hint: make one with: openssl rand -base64 24",
        ],
    );
    cli.run("backup x.age --passphrase-file empty").expect_failure(1);
    cli.write("long", "x".repeat(4_097));
    cli.run("backup x.age --passphrase-file long").refused(
        1,
        &["error: the passphrase in long is too long", "hint: it may have at most 4096 bytes"],
    );
    cli.run("backup x.age --passphrase-file nothing").expect_failure(1);
    cli.run("backup x.age --passphrase").expect_failure(2);
    assert!(!cli.path("x.age").exists());
    assert_eq!(cli.run("user list").ok().lines().count(), 2);
}

/// An attacker with write access to the folder of the backups cannot encrypt a backup of their own.
#[test]
fn a_plain_backup_does_not_take_the_place_of_an_encrypted_one() {
    const HINTS: [&str; 2] = [
        "hint: it may be a forged replacement of your backup; nothing was changed",
        "hint: if you made it without a passphrase, add --accept-unencrypted",
    ];
    let refusal =
        |since: &str| format!("error: cannot use this backup: it is not encrypted, and {since}");
    let (given, named) = (refusal("a passphrase is given"), refusal("its name ends in .age"));
    let cli = prepared();
    cli.run("backup theirs.zip").expect_success();
    cli.run("user add bob").expect_success();
    std::fs::copy(cli.path("theirs.zip"), cli.path("mine.zip.AGE")).unwrap();

    for verb in ["restore --yes", "backup verify"] {
        let by_file = format!("{verb} theirs.zip --passphrase-file passphrase");
        cli.run(&by_file).refused(1, &[&given, HINTS[0], HINTS[1]]);
        cli.run(&format!("{verb} mine.zip.AGE")).refused(1, &[&named, HINTS[0], HINTS[1]]);
    }
    let piped = cli.script("$P backup verify - --passphrase-file passphrase < theirs.zip");
    assert_eq!(piped.code, Some(1), "{}", piped.stderr);
    let cli = cli.with("BACKUP_PASSPHRASE", PASSPHRASE);
    cli.run("restore --yes theirs.zip").refused(1, &[&given, HINTS[0], HINTS[1]]);
    assert_eq!(cli.run("user list").ok().lines().count(), 2);

    cli.run("backup verify mine.zip.AGE --accept-unencrypted").expect_success();
    cli.run("restore theirs.zip --yes --accept-unencrypted").expect_success();
    assert_eq!(cli.run("user list").ok().lines().count(), 1);
}

#[test]
fn what_was_altered_after_it_was_encrypted_is_refused() {
    let cli = prepared();
    cli.run("backup it.age --passphrase-file passphrase").expect_success();
    let whole = std::fs::read(cli.path("it.age")).unwrap();
    for length in [10, 60, 150, whole.len() / 2, whole.len() - 1] {
        cli.write("bad.age", &whole[..length]);
        cli.run("backup verify bad.age --passphrase-file passphrase").expect_failure(1);
    }
    let mut altered = whole;
    *altered.last_mut().unwrap() ^= 1;
    cli.write("bad.age", &altered);
    cli.run("restore bad.age --yes --passphrase-file passphrase").refused(
        1,
        &[
            "error: cannot use this backup: it was altered or cut off after it was encrypted",
            "hint: use another backup, or copy this one again; nothing was changed",
        ],
    );
}

#[test]
fn on_a_terminal_it_is_asked_for() {
    let cli = prepared();
    let both = [("New passphrase", PASSPHRASE), ("Repeat the passphrase", PASSPHRASE)];
    let made = cli.answer_on_terminal("backup it.age --passphrase", &both);
    assert_eq!(made.code, Some(0), "{}", made.stdout);
    assert!(!made.stdout.contains(PASSPHRASE), "{}", made.stdout);
    let read = [("Passphrase of the backup", PASSPHRASE)];
    let read = cli.answer_on_terminal("backup verify it.age", &read);
    assert_eq!(read.code, Some(0), "{}", read.stdout);

    let differs = [("New passphrase", PASSPHRASE), ("Repeat the passphrase", "another passphrase")];
    let differs = cli.answer_on_terminal("backup x.age --passphrase", &differs);
    assert_eq!(differs.code, Some(1), "{}", differs.stdout);
    assert!(!cli.path("x.age").exists());
}

/// The program `age` takes passphrases from a terminal only.
#[test]
fn age_opens_our_backups_and_we_open_what_age_encrypted() {
    let cli = prepared();
    cli.run("backup ours.age --passphrase-file passphrase").expect_success();
    cli.run("backup plain.zip").expect_success();

    let ran = cli.program_on_terminal(
        "age --decrypt --output ours.zip ours.age",
        &format!("{PASSPHRASE}\n"),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!(Members::read(&cli.path("ours.zip")).lines("users").len(), 1);

    let typed = format!("{PASSPHRASE}\n{PASSPHRASE}\n");
    let ran = cli.program_on_terminal("age --passphrase --output theirs.age plain.zip", &typed);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    cli.run("backup verify theirs.age --passphrase-file passphrase").expect_success();

    let ran =
        cli.program_on_terminal("age --passphrase --armor --output armored.age plain.zip", &typed);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    cli.run("backup verify armored.age --passphrase-file passphrase").refused(
        1,
        &[
            "error: cannot decrypt this backup: it is armored as text",
            "hint: decrypt it first with: age --decrypt",
        ],
    );
}

#[test]
fn a_passphrase_comes_from_standard_input_but_not_with_the_backup() {
    let cli = prepared();
    let ran = cli.script(
        "$P backup it.age --passphrase-file - < passphrase >/dev/null &&
         $P backup verify it.age --passphrase-file - < passphrase >/dev/null",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    cli.run("backup verify it.age --passphrase-file passphrase").expect_success();
    cli.run("restore - --yes --passphrase-file -").refused(
        2,
        &[
            "error: the backup and its passphrase cannot both be read from `-`",
            "hint: name a file for one of them",
        ],
    );
}
