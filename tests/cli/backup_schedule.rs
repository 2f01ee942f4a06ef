//! Backups that a running server makes by itself.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::support::{
    cli::Cli,
    op::TestOp,
    s3::{FakeS3, KEY_ID, REGION, SECRET},
};

const DAY: i64 = 86_400;

fn backups(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.ends_with(".partial"));
    names.sort();
    names
}

fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_there() {
        assert!(started.elapsed() < Duration::from_secs(15), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_backup_is_made_when_it_is_due_and_the_oldest_ones_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("holiday.jpg"), "x").unwrap();
    let op = TestOp::with_settings(&[
        ("BACKUP_SCHEDULE", "@daily"),
        ("BACKUP_TARGET", folder.path().to_str().unwrap()),
        ("BACKUP_KEEP", "2"),
        ("BACKUP_PASSPHRASE", "correct horse battery staple"),
    ]);
    let mut newest = String::new();
    for day in 1..=3_usize {
        std::thread::sleep(Duration::from_millis(1_200));
        assert_eq!(backups(folder.path()).len(), 1 + (day - 1).min(2), "nothing was due");
        op.advance(DAY);
        wait_for("a backup", || {
            backups(folder.path())
                .iter()
                .any(|name| *name > newest && name.starts_with("pocketid-"))
        });
        wait_for("the oldest is gone", || backups(folder.path()).len() == 1 + day.min(2));
        newest = backups(folder.path()).pop().unwrap();
    }
    assert!(newest.ends_with(".zip.age"), "{newest}");
    assert_eq!(backups(folder.path())[0], "holiday.jpg");

    // Whatever becomes of the place, the server goes on.
    std::fs::remove_dir_all(folder.path()).unwrap();
    op.advance(DAY);
    std::thread::sleep(Duration::from_millis(2_500));
    op.agent().get("/healthz").ok();
    std::fs::create_dir(folder.path()).unwrap();
    op.advance(DAY);
    wait_for("a backup again", || !backups(folder.path()).is_empty());
}

#[test]
fn of_two_servers_one_makes_the_backup() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let database = crate::support::postgres::new_database();
    let servers = folders.each_ref().map(|folder| {
        TestOp::with_settings(&[
            ("DB_CONNECTION_STRING", &database),
            ("BACKUP_SCHEDULE", "@daily"),
            ("BACKUP_TARGET", folder.path().to_str().unwrap()),
        ])
    });
    let count = || folders.iter().map(|folder| backups(folder.path()).len()).sum::<usize>();
    std::thread::sleep(Duration::from_millis(500));
    for day in 1..=2 {
        servers.iter().for_each(|server| server.advance(DAY));
        wait_for("a backup", || count() >= day);
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(count(), day);
    }
}

#[test]
fn it_may_go_to_s3() {
    let s3 = FakeS3::start();
    let op = TestOp::with_settings(&[
        ("BACKUP_SCHEDULE", "@daily"),
        ("BACKUP_TARGET", "s3://backups/id"),
        ("BACKUP_KEEP", "1"),
        ("S3_ENDPOINT", &s3.endpoint()),
        ("S3_REGION", REGION),
        ("S3_ACCESS_KEY_ID", KEY_ID),
        ("S3_SECRET_ACCESS_KEY", SECRET),
        ("S3_FORCE_PATH_STYLE", "true"),
    ]);
    s3.put("id/pocketid-20200101T000000Z-0.1.0.zip", b"x");
    s3.put("id/pocketid-20200102T000000Z-0.1.0.zip", b"x");
    s3.put("id/pocketid-20200103T000000Z-0.1.0.zip", b"x");
    std::thread::sleep(Duration::from_millis(500));
    op.advance(DAY);
    wait_for("only the newest", || {
        s3.names().len() == 1 && !s3.names()[0].starts_with("id/pocketid-2020")
    });
}

#[test]
fn a_server_with_a_wrong_schedule_or_place_does_not_start() {
    for (name, value, error) in [
        ("BACKUP_SCHEDULE", "sometimes", "error: BACKUP_SCHEDULE is not a schedule such as "),
        ("BACKUP_SCHEDULE", "0 0 30 2 *", "error: BACKUP_SCHEDULE is a day that never comes\n"),
        ("BACKUP_KEEP", "none", "error: BACKUP_KEEP is not a number greater than 0\n"),
        ("BACKUP_SCHEDULE", "@daily", "error: BACKUP_TARGET is not set, and BACKUP_SCHEDULE is\n"),
    ] {
        let cli = Cli::new().with(name, value);
        let ran = cli.run("serve --listen 127.0.0.1:0");
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.stderr.starts_with(error), "{}", ran.stderr);
    }
    let cli = Cli::new().with("BACKUP_SCHEDULE", "@daily").with("BACKUP_TARGET", "nowhere");
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &[
            "error: BACKUP_TARGET names no folder: nowhere",
            "hint: make the folder, or set BACKUP_TARGET to another one",
        ],
    );
}
