//! Backups in S3.

use crate::support::{
    cli::Cli,
    s3::{FakeS3, KEY_ID, OLD, REGION, SECRET},
};

fn with_s3(s3: &FakeS3) -> Cli {
    Cli::new()
        .with("S3_ENDPOINT", &s3.endpoint())
        .with("S3_REGION", REGION)
        .with("S3_ACCESS_KEY_ID", KEY_ID)
        .with("S3_SECRET_ACCESS_KEY", SECRET)
        .with("S3_FORCE_PATH_STYLE", "true")
}

#[test]
fn a_backup_goes_to_s3_and_comes_back() {
    let s3 = FakeS3::start();
    let cli = with_s3(&s3);
    cli.run("user add alice").expect_success();

    let made = cli.run("backup s3://backups/id/one.zip -o json").json();
    assert_eq!(made["path"], "s3://backups/id/one.zip");
    assert_eq!(s3.names(), ["id/one.zip"]);
    cli.run("user add bob").expect_success();

    cli.run("backup verify s3://backups/id/one.zip").expect_success();
    cli.run("restore s3://backups/id/one.zip --yes").expect_success();
    cli.run("user list").expect(0, "alice\talice\t\tuser\tenabled\t0\tnever\n", "");
}

#[test]
fn a_folder_of_s3_is_listed_page_by_page() {
    let s3 = FakeS3::start();
    let cli = with_s3(&s3);
    cli.run("user add alice").expect_success();
    for day in 1..=5 {
        s3.put(&format!("id/pocketid-2026110{day}T000000Z-0.1.0.zip"), b"x");
    }
    s3.put("id/holiday.jpg", b"x");
    s3.put("id/more/pocketid-20261106T000000Z-0.1.0.zip", b"x");
    s3.put("pocketid-20261107T000000Z-0.1.0.zip", b"x");
    cli.run("backup s3://backups/id/").expect_success();

    for place in ["s3://backups/id/", "s3://backups/id"] {
        let listed = cli.run(&format!("backup list {place} -o json")).json();
        let names: Vec<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), 6, "{listed}");
        assert!(names[0].starts_with("pocketid-2"), "{listed}");
        assert_eq!(names[5], "pocketid-20261101T000000Z-0.1.0.zip");
    }
}

#[test]
fn what_s3_says_is_told_and_nothing_is_changed() {
    const HINT: &str =
        "hint: check the name of the bucket, S3_ENDPOINT, S3_REGION and S3_ACCESS_KEY_ID";
    let s3 = FakeS3::start();
    let cli = with_s3(&s3);
    cli.run("user add alice").expect_success();

    cli.run("restore s3://backups/nothing.zip --yes").refused(
        1,
        &["error: cannot use S3: fetch s3://backups/nothing.zip: it answered 404 NoSuchKey", HINT],
    );
    cli.run("backup s3://another/x.zip").refused(
        1,
        &["error: cannot use S3: store s3://another/x.zip: it answered 404 NoSuchBucket", HINT],
    );
    cli.run("restore s3://backups/ --yes").expect_failure(1);
    cli.run("backup s3://backups/../x.zip").expect_failure(2);

    let cli = cli.with("S3_SECRET_ACCESS_KEY", "another");
    cli.run("backup s3://backups/x.zip").refused(
        1,
        &[
            "error: cannot use S3: store s3://backups/x.zip: it answered 403 SignatureDoesNotMatch",
            HINT,
        ],
    );
    assert!(s3.names().is_empty());

    let cli = cli.with("S3_ENDPOINT", "http://127.0.0.1:1");
    cli.run("backup s3://backups/x.zip").expect_failure(1);
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup s3://backups/x.zip").refused(
        3,
        &[
            "error: cannot reach S3: S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not set",
            "hint: set both, and S3_ENDPOINT or S3_REGION; see `pocketid serve --help`",
        ],
    );
}

#[test]
fn an_object_of_s3_is_never_overwritten() {
    let s3 = FakeS3::start();
    let cli = with_s3(&s3);
    cli.run("user add alice").expect_success();
    for folder in ["id/", OLD] {
        let place = format!("s3://backups/{folder}one.zip");
        cli.run(&format!("backup {place}")).expect_success();
        cli.run("user add bob --if-absent").expect_success();

        cli.run(&format!("backup {place}")).refused(
            1,
            &[
                &format!("error: cannot write {place}: it already exists, and is not overwritten"),
                "hint: choose another name, or name a folder to get a name with the time",
            ],
        );
        cli.run(&format!("backup verify {place}")).expect_success();
    }
    let users = cli.run("backup verify s3://backups/id/one.zip -o json").json();
    assert_eq!(users["tables"]["users"], 1);
}

#[test]
fn a_bucket_that_there_cannot_be_is_told_as_that() {
    let ran = Cli::new().run("backup s3://b/k");
    assert_eq!(ran.code, Some(2));
    let rule = "a bucket name has 3 to 63 letters, digits, dots, hyphens and underscores";
    assert!(ran.stderr.contains(rule), "{}", ran.stderr);
}

/// An IP address has no subdomain for the bucket.
#[test]
fn an_endpoint_with_an_ip_address_needs_no_other_setting() {
    let s3 = FakeS3::start();
    let cli = with_s3(&s3).with("S3_FORCE_PATH_STYLE", "false");
    cli.run("user add alice").expect_success();

    cli.run("backup s3://backups/id/one.zip").expect_success();

    assert_eq!(s3.names(), ["id/one.zip"]);
}
