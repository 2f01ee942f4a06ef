//! Backups that a running server makes by itself.

use std::{os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use crate::support::{
    cli::Cli,
    op::TestOp,
    s3::{FakeS3, KEY_ID, REGION, SECRET},
    wait_for,
};

const DAY: i64 = 86_400;
/// 08:00 in the morning of 4 January 2027, in UTC: no test takes until midnight, when a backup is due.
pub(super) const MORNING: i64 = 1_799_049_600;

pub(super) fn backups(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.ends_with(".partial"));
    names.sort();
    names
}

/// Waits until a server has made a scheduled backup and knows it: the lease ends after the file is there.
pub(super) fn wait_for_backup(op: &TestOp, what: &str, is_there: impl Fn() -> bool) {
    wait_for(what, is_there);
    let held = "SELECT count(*) FROM leases WHERE name = 'backup'";
    wait_for(&format!("{what}, and its end"), || op.number(held) == 0);
}

/// Advances the clock again and again, with time for the server to see it; `true` once this is so.
fn advance_until(op: &TestOp, seconds: i64, is_there: impl Fn() -> bool) -> bool {
    (0..10).any(|_| {
        op.advance(seconds);
        (0..50).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            is_there()
        })
    })
}

#[test]
fn a_backup_is_made_when_it_is_due_and_the_oldest_ones_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("holiday.jpg"), "x").unwrap();
    let op = TestOp::at_moment(
        MORNING,
        &[
            ("BACKUP_SCHEDULE", "@daily"),
            ("BACKUP_TARGET", folder.path().to_str().unwrap()),
            ("BACKUP_KEEP", "2"),
            ("BACKUP_PASSPHRASE", "correct horse battery staple"),
        ],
    );
    op.user("alice");
    let mut newest = String::new();
    for day in 1..=3_usize {
        std::thread::sleep(Duration::from_millis(1_200));
        assert_eq!(backups(folder.path()).len(), 1 + (day - 1).min(2), "nothing was due");
        op.advance(DAY);
        wait_for_backup(&op, "a backup", || {
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
fn of_backups_that_fail_the_first_one_is_told_and_again_after_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let op = TestOp::at_moment(
        MORNING,
        &[("BACKUP_SCHEDULE", "@daily"), ("BACKUP_TARGET", folder.path().to_str().unwrap())],
    );
    op.user("alice");
    let told = || op.audit_kinds().iter().filter(|kind| *kind == "BACKUP_FAILED").count();
    std::fs::remove_dir_all(folder.path()).unwrap();
    op.advance(DAY);
    wait_for("the first failure", || told() == 1);
    op.advance(DAY);
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(told(), 1);

    std::fs::create_dir(folder.path()).unwrap();
    op.advance(DAY);
    wait_for_backup(&op, "a backup", || !backups(folder.path()).is_empty());
    std::fs::remove_dir_all(folder.path()).unwrap();
    op.advance(DAY);
    wait_for("the next failure", || told() == 2);
}

/// Two servers of one database, with folders for their backups.
pub(super) fn servers_with(folders: [&Path; 2], variables: &[(&str, &str)]) -> [TestOp; 2] {
    let database = crate::support::postgres::new_database();
    folders.map(|folder| {
        let own = [
            ("DB_CONNECTION_STRING", &*database),
            ("BACKUP_SCHEDULE", "@daily"),
            ("BACKUP_TARGET", folder.to_str().unwrap()),
        ];
        TestOp::at_moment(MORNING, &[&own, variables].concat())
    })
}

#[test]
fn of_two_servers_one_makes_the_backup() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let servers = servers_with(folders.each_ref().map(|folder| folder.path()), &[]);
    let count = || folders.iter().map(|folder| backups(folder.path()).len()).sum::<usize>();
    for day in 1..=2 {
        servers.iter().for_each(|server| server.advance(DAY));
        wait_for("a backup", || count() >= day);
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(count(), day);
    }
}

#[test]
fn when_one_server_cannot_make_it_the_next_one_does() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let servers = servers_with(folders.each_ref().map(|folder| folder.path()), &[]);
    std::fs::remove_dir(folders[0].path()).unwrap();
    servers[0].advance(DAY);
    wait_for("its failure", || servers[0].audit_kinds().contains(&"BACKUP_FAILED".to_owned()));
    servers[1].advance(DAY);
    wait_for("a backup", || !backups(folders[1].path()).is_empty());
}

/// A lease to the next time of the old schedule would keep the new one from all times before.
#[test]
fn after_a_restart_the_new_schedule_holds() {
    let (data, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (database, place) = (data.path().join("pocketid.db"), target.path().to_str().unwrap());
    let by = |schedule| {
        [
            ("DB_CONNECTION_STRING", database.to_str().unwrap()),
            ("BACKUP_SCHEDULE", schedule),
            ("BACKUP_TARGET", place),
        ]
    };
    let op = TestOp::at_moment(MORNING, &by("@yearly"));
    op.advance(366 * DAY);
    wait_for_backup(&op, "the one of the old schedule", || backups(target.path()).len() == 1);
    let now = op.now().as_unix();
    drop(op);

    let op = TestOp::at_moment(now, &by("@daily"));
    op.advance(DAY);
    wait_for("one of the new schedule", || backups(target.path()).len() == 2);
}

#[test]
fn a_clock_that_is_set_back_puts_no_backup_off() {
    let target = tempfile::tempdir().unwrap();
    let op = TestOp::at_moment(
        MORNING,
        &[
            ("BACKUP_SCHEDULE", "@daily"),
            ("BACKUP_TARGET", target.path().to_str().unwrap()),
            ("BACKUP_KEEP", "1"),
        ],
    );
    op.user("alice");
    op.advance(400 * DAY);
    wait_for_backup(&op, "one of a wrong moment", || backups(target.path()).len() == 1);
    op.advance(-400 * DAY);
    let is_made = || backups(target.path()).len() == 2;
    assert!(advance_until(&op, DAY, is_made), "one of the right moment, which stays");
    let before = backups(target.path());
    op.advance(DAY);
    wait_for("the next one in its place", || {
        let now = backups(target.path());
        now.len() == 2 && now[0] > before[0] && now[1] == before[1]
    });
}

#[test]
fn a_database_without_accounts_removes_no_backup() {
    let target = tempfile::tempdir().unwrap();
    let op = TestOp::at_moment(
        MORNING,
        &[
            ("BACKUP_SCHEDULE", "@daily"),
            ("BACKUP_TARGET", target.path().to_str().unwrap()),
            ("BACKUP_KEEP", "1"),
        ],
    );
    for count in 1..=2 {
        op.advance(DAY);
        wait_for_backup(&op, "a backup", || backups(target.path()).len() == count);
    }
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(backups(target.path()).len(), 2);
    op.user("alice");
    op.advance(DAY);
    wait_for("only the newest", || backups(target.path()).len() == 1);
}

#[test]
fn it_may_go_to_s3() {
    let s3 = FakeS3::start();
    let op = TestOp::at_moment(
        MORNING,
        &[
            ("BACKUP_SCHEDULE", "@daily"),
            ("BACKUP_TARGET", "s3://backups/id"),
            ("BACKUP_KEEP", "1"),
            ("S3_ENDPOINT", &s3.endpoint()),
            ("S3_REGION", REGION),
            ("S3_ACCESS_KEY_ID", KEY_ID),
            ("S3_SECRET_ACCESS_KEY", SECRET),
            ("S3_FORCE_PATH_STYLE", "true"),
        ],
    );
    op.user("alice");
    let theirs = [
        "id/pocketid-20200101T000000Z-0.1.0.zip",
        "id/pocketid-0badf00d-20200102T000000Z-0.1.0.zip",
    ];
    theirs.iter().for_each(|name| s3.put(name, b"x"));
    let own = || {
        let mut names = s3.names();
        names.retain(|name| !theirs.contains(&name.as_str()));
        names
    };
    op.advance(DAY);
    wait_for_backup(&op, "a backup", || own().len() == 1);
    let first = own();
    op.advance(DAY);
    wait_for("only the newest of its own", || own().len() == 1 && own() != first);
    assert_eq!(s3.names().len(), 3, "those of others stay");
}

#[test]
fn a_server_with_a_wrong_schedule_or_place_does_not_start() {
    for (name, value, error) in [
        ("BACKUP_SCHEDULE", "sometimes", "error: BACKUP_SCHEDULE is not a schedule such as "),
        (
            "BACKUP_SCHEDULE",
            "0 0 30 2 *",
            "error: BACKUP_SCHEDULE names a day that does not exist\n",
        ),
        ("BACKUP_KEEP", "none", "error: BACKUP_KEEP is not a number greater than 0\n"),
        ("BACKUP_SCHEDULE", "@daily", "error: BACKUP_TARGET is not set, but BACKUP_SCHEDULE is\n"),
    ] {
        let cli = Cli::new().with(name, value);
        let ran = cli.run("serve --listen 127.0.0.1:0");
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.stderr.starts_with(error), "{}", ran.stderr);
    }
    let cli = Cli::new().with("BACKUP_SCHEDULE", "@daily").with("BACKUP_TARGET", "disk/backups");
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &[
            "error: BACKUP_TARGET is disk/backups, but there is no folder disk",
            "hint: mount or create disk; or set BACKUP_TARGET to another folder",
        ],
    );
    std::fs::write(cli.path("file"), "").unwrap();
    let cli = cli.with("BACKUP_TARGET", "file");
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &["error: BACKUP_TARGET is not a folder: file", "hint: set BACKUP_TARGET to a folder"],
    );
    assert!(!cli.path("data").exists(), "nothing was begun");
}

#[test]
fn a_server_creates_a_missing_folder_for_its_backups_for_itself_alone() {
    let cli = Cli::new().with("BACKUP_SCHEDULE", "@daily").with("BACKUP_TARGET", "backups");
    let server = cli.serve();
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("created the folder of BACKUP_TARGET"), "{log}");
    // The folder may be missing since a disk is: then an earlier installation may be there.
    assert!(log.contains("/setup asks for the set-up code"), "{log}");
    let mode = std::fs::metadata(cli.path("backups")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o700);
    cli.run("backup").expect_success();
    assert_eq!(backups(&cli.path("backups")).len(), 1);
}
