//! `pocketid audit list`

use std::time::Duration;

use pocketid::model::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::support::{cli::Cli, op::TestOp, patience::Lines};

fn with_history() -> Cli {
    let cli = Cli::new();
    for line in ["user add alice", "user add bob", "group create staff", "group assign staff alice"]
    {
        cli.run(line).expect_success();
        // Entries are in the order of their seconds.
        std::thread::sleep(Duration::from_millis(1_001));
    }
    cli
}

fn events(cli: &Cli, options: &str) -> Vec<String> {
    let listed = cli.run(&format!("audit list {options}")).ok();
    listed.lines().map(|line| line.split('\t').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn the_log_is_shown_oldest_first_and_can_be_narrowed_down() {
    let cli = with_history();

    cli.run("audit list").expect(
        0,
        "TIME\tACCOUNT_CREATED\talice\tcli\t-\tusername=alice\n\
         TIME\tACCOUNT_CREATED\tbob\tcli\t-\tusername=bob\n\
         TIME\tGROUP_CREATED\t-\tcli\t-\tgroupName=staff id=ID\n\
         TIME\tGROUP_MEMBERS_ADDED\talice\tcli\t-\tgroupName=staff id=ID\n",
        "",
    );
    assert_eq!(events(&cli, "--user alice"), ["ACCOUNT_CREATED", "GROUP_MEMBERS_ADDED"]);
    assert_eq!(events(&cli, "--user ALICE --event group_members_added"), ["GROUP_MEMBERS_ADDED"]);
    assert_eq!(
        events(&cli, "--event GROUP_CREATED --event GROUP_MEMBERS_ADDED --since 1h"),
        ["GROUP_CREATED", "GROUP_MEMBERS_ADDED"]
    );
    assert_eq!(events(&cli, "--search STAFF --limit 1"), ["GROUP_MEMBERS_ADDED"]);
    assert_eq!(events(&cli, "--search bob"), ["ACCOUNT_CREATED"], "also by name");
    assert!(events(&cli, "--search %").is_empty(), "taken as it is");
    assert_eq!(events(&cli, "--limit 1"), ["GROUP_MEMBERS_ADDED"], "the newest");
    assert!(events(&cli, "--since 2100-01-01").is_empty());
    assert_eq!(events(&cli, "--since 2020-01-01T00:00:00Z").len(), 4);

    // However slow this machine is: the first two entries become two days old, and the commands do not take an hour.
    let moved = cli.database().execute(
        "UPDATE audit_events
            SET id = unhex(printf('%012x', (?1 - 172800) * 1000) || substr(hex(id), 13)),
                created_at = ?1 - 172800 WHERE kind = 'ACCOUNT_CREATED'",
        [SystemClock.now().as_unix()],
    );
    assert_eq!(moved.unwrap(), 2);
    let newer = ["GROUP_CREATED", "GROUP_MEMBERS_ADDED"];
    for (since, seen) in [("1h", &newer[..]), ("3600s", &newer), ("60m", &newer), ("1d", &newer)] {
        assert_eq!(events(&cli, &format!("--since {since}")), seen, "{since}");
    }
    assert_eq!(events(&cli, "--since 3d").len(), 4);
}

#[test]
fn json_has_the_fields_of_the_rest_api() {
    let op = TestOp::start();
    let alice = op.person("alice");

    let line = "audit list --event SIGN_IN --user alice -o json";
    let listed: Value = serde_json::from_str(&op.beside(line).ok()).unwrap();

    let mut entry = listed[0].clone();
    for field in ["id", "createdAt", "device"] {
        assert!(entry.as_object_mut().unwrap().remove(field).unwrap().is_string(), "{field}");
    }
    assert_eq!(
        entry,
        json!({
            "event": "SIGN_IN", "ipAddress": "127.0.0.1",
            "country": "Internal Network", "city": "localhost",
            "userID": alice.id, "username": "alice", "objectID": "", "actor": "user",
            "actorUsername": "alice", "data": {},
        })
    );
}

#[test]
fn entries_about_somebody_who_is_gone_stay() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("user remove alice --yes").expect_success();

    let mut listed = events(&cli, "");
    listed.sort();

    assert_eq!(listed, ["ACCOUNT_CREATED", "ACCOUNT_DELETED"]);
    assert!(cli.run("audit list").ok().contains("username=alice"));
    cli.run("audit list --user alice").expect_failure(1);
}

#[test]
fn what_cannot_be_is_wrong_usage() {
    let cli = Cli::new().with_empty_database();
    cli.run("audit list").expect(0, "", "");
    for (options, told) in [
        ("--event SGN_IN", "did you mean SIGN_IN?"),
        ("--event x", "the kinds are ACCOUNT_CHANGED, "),
        ("--since yesterday", "write it as in 2h, 7d"),
        ("--since 2026-13-01", "write it as in 2h, 7d"),
        ("--limit 0", "must be a whole number from 1 to "),
    ] {
        let refused = cli.run(&format!("audit list {options}"));
        assert_eq!(refused.code, Some(2), "{options}");
        assert!(refused.stderr.contains(told), "{options}: {}", refused.stderr);
    }
}

#[test]
fn what_happens_is_shown_as_it_happens_and_once() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let mut following = cli.spawn("audit list --follow");
    let lines = Lines::of(following.stdout.take().unwrap());
    let next = || lines.next().expect("a line in time");
    assert!(next().unwrap().contains("\tACCOUNT_CREATED\talice\t"));

    cli.run("user disable alice").expect_success();
    assert!(next().unwrap().contains("\tACCOUNT_DISABLED\talice\t"));
    cli.run("user enable alice").expect_success();
    assert!(next().unwrap().contains("\tACCOUNT_ENABLED\talice\t"));

    following.kill().unwrap();
    following.wait().unwrap();
    assert_eq!(next(), None);
}

#[test]
fn what_happens_comes_as_one_object_a_line() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let mut following = cli.spawn("audit list --follow -o json");
    let lines = Lines::of(following.stdout.take().unwrap());

    let line = lines.next().expect("a line in time").unwrap();
    let entry: Value = serde_json::from_str(&line).unwrap();

    assert_eq!(entry["event"], "ACCOUNT_CREATED");
    following.kill().unwrap();
    following.wait().unwrap();
}
