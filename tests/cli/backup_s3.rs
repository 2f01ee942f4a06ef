//! Backups on a real server of S3, over TLS, with a certificate of a private authority.

use std::fs;

use super::backup_schedule::{MORNING, wait_for_backup};
use crate::support::{cli::Cli, op::TestOp, versity::Versity, wait_for};

const DAY: i64 = 86_400;

fn with_s3(s3: &Versity) -> Cli {
    s3.settings().iter().fold(Cli::new(), |cli, (name, value)| cli.with(name, value))
}

#[test]
fn a_backup_is_saved_listed_verified_and_restored_over_tls() {
    let s3 = Versity::start();
    let cli = with_s3(&s3);
    cli.run("user add alice").expect_success();

    cli.run("backup s3://backups/id/").expect_success();
    let listed = cli.run("backup list s3://backups/id/ -o json").json();
    let name = listed[0]["name"].as_str().unwrap();
    assert_eq!(s3.names("id"), [name]);
    let place = format!("s3://backups/id/{name}");
    cli.run("user add bob").expect_success();
    cli.run(&format!("backup {place}")).refused(
        1,
        &[
            &format!("error: cannot write {place}: it already exists, and is not overwritten"),
            "hint: choose another name, or name a folder to get a name with the time",
        ],
    );

    cli.run(&format!("backup verify {place}")).expect_success();
    cli.run(&format!("restore {place} --yes")).expect_success();
    cli.run("user list").expect(0, "alice\talice\t\tuser\tenabled\t0\tnever\n", "");
}

#[test]
fn a_server_makes_its_scheduled_backups_over_tls() {
    let s3 = Versity::start();
    let given = s3.settings();
    let mut variables = vec![
        ("BACKUP_SCHEDULE", "@daily"),
        ("BACKUP_TARGET", "s3://backups/id"),
        ("BACKUP_KEEP", "1"),
        ("BACKUP_VERIFY", "daily"),
    ];
    variables.extend(given.iter().map(|(name, value)| (*name, value.as_str())));
    let op = TestOp::at_moment(MORNING, &variables);
    op.user("alice");

    op.advance(DAY);
    wait_for_backup(&op, "a backup", || s3.names("id").len() == 1);
    let first = s3.names("id");
    op.advance(DAY);
    wait_for("only the newest", || s3.names("id").len() == 1 && s3.names("id") != first);

    let verified = "SELECT kind FROM audit_events WHERE kind = 'BACKUP_VERIFIED'";
    wait_for("a verification", || !op.texts(verified).is_empty());

    let place = format!("s3://backups/id/{}", s3.names("id")[0]);
    with_s3(&s3).run(&format!("backup verify {place}")).expect_success();
}

#[test]
fn a_certificate_of_another_authority_is_refused_with_the_way_out() {
    let s3 = Versity::start();
    for cli in [
        with_s3(&s3).with("S3_CA_FILE", ""),
        with_s3(&s3).with("S3_CA_FILE", s3.other_authority().to_str().unwrap()),
    ] {
        cli.run("user add alice").expect_success();
        cli.run("backup s3://backups/id/one.zip").refused(
            1,
            &[
                "error: cannot use S3: cannot trust 127.0.0.1: invalid peer certificate: \
                 UnknownIssuer. If a private authority issued it, set S3_CA_FILE to the \
                 authority's certificate",
                "hint: otherwise renew the certificate, or correct the host in S3_ENDPOINT",
            ],
        );
    }
    assert!(s3.names("id").is_empty());
}

#[test]
fn of_several_authorities_in_the_file_each_is_trusted() {
    let s3 = Versity::start();
    let cli = with_s3(&s3);
    let both = cli.path("both.pem");
    let certificates = [s3.other_authority(), s3.authority()].map(|file| fs::read(file).unwrap());
    fs::write(&both, certificates.concat()).unwrap();
    let cli = cli.with("S3_CA_FILE", both.to_str().unwrap());
    cli.run("user add alice").expect_success();

    cli.run("backup s3://backups/one.zip").expect_success();
}

#[test]
fn a_file_without_a_certificate_stops_every_command_and_doctor_tells() {
    let cli = Cli::new();
    fs::write(cli.path("empty.pem"), "# no certificate\n").unwrap();
    let hint = "set S3_CA_FILE to a file with the certificate of the authority in PEM form";
    for (file, fault) in [
        (
            cli.path("empty.pem"),
            "S3_CA has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----",
        ),
        (
            cli.path("missing.pem"),
            "S3_CA cannot be read from the file that S3_CA_FILE names: No such file or directory \
             (os error 2)",
        ),
    ] {
        let cli = Cli::new().with("S3_CA_FILE", file.to_str().unwrap());
        for command in ["serve --listen 127.0.0.1:0", "backup here.zip"] {
            cli.run(command).refused(3, &[&format!("error: {fault}"), &format!("hint: {hint}")]);
        }
        let found = cli.run("doctor --offline").stdout;
        assert!(found.contains(&format!("problem\tsettings\t{fault}\t{hint}\n")), "{found}");
    }
}

#[test]
fn a_wrong_secret_is_refused_by_the_server_itself() {
    let s3 = Versity::start();
    let cli = with_s3(&s3).with("S3_SECRET_ACCESS_KEY", "another");
    cli.run("user add alice").expect_success();

    let ran = cli.run("backup s3://backups/id/one.zip");

    assert!(ran.stderr.contains("it answered 403 SignatureDoesNotMatch"), "{}", ran.stderr);
    assert!(s3.names("id").is_empty());
}
