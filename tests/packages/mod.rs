//! The products of `packaging/`: a Debian package, a tarball, a unit of systemd, and manifests.

mod debian;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::support::patience::{PATIENCE, run, run_within};

/// A small program in the place of ours, which takes long to pack.
const SMALL: &str = "/usr/bin/true";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script of `packaging/`; gives the file that it made.
#[track_caller]
fn build(script: &str, program: &str, folder: &Path) -> PathBuf {
    let mut command = Command::new("sh");
    command
        .arg(root().join("packaging").join(script))
        .arg(program)
        .arg(folder)
        .env("DEB_COMPRESSION", "none")
        .env("SOURCE_DATE_EPOCH", "1764374400");
    let ran = run_within(4 * PATIENCE, &mut command);
    PathBuf::from(ok(ran).trim_end())
}

#[track_caller]
fn ok(ran: Output) -> String {
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{} {told}", String::from_utf8_lossy(&ran.stdout));
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn the_tarball_holds_program_documents_and_licences() {
    let folder = TempDir::new().unwrap();
    let tarball = build("tarball.sh", SMALL, folder.path());

    let version = env!("CARGO_PKG_VERSION");
    let name = tarball.file_name().unwrap().to_str().unwrap();
    assert_eq!(name, format!("pocketid-{version}-{}-linux.tar.gz", std::env::consts::ARCH));
    let listed = ok(run(Command::new("tar").arg("-tzvf").arg(&tarball)));
    for file in [
        "pocketid",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "man/pocketid-serve.1",
        "completions/_pocketid",
        "systemd/pocketid.service",
    ] {
        let path = format!("{}/{file}\n", name.trim_end_matches(".tar.gz"));
        assert!(listed.contains(&path), "{file} is missing:\n{listed}");
    }
    assert!(listed.lines().all(|line| line.contains(" 0/0 ")), "{listed}");
}

#[test]
fn the_same_program_is_packed_into_the_same_bytes() {
    for script in ["tarball.sh", "debian/build.sh"] {
        let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        let [first, second] =
            folders.each_ref().map(|folder| fs::read(build(script, SMALL, folder.path())).unwrap());
        assert!(first == second, "{script}");
    }
}

#[test]
fn the_unit_is_valid_and_exposes_little() {
    let folder = TempDir::new().unwrap();
    let unit = fs::read_to_string(root().join("packaging/systemd/pocketid.service")).unwrap();
    let path = folder.path().join("pocketid.service");
    let program = "ExecStart=/usr/bin/pocketid ";
    assert!(unit.contains(program));
    // It must exist.
    fs::write(&path, unit.replace(program, &format!("ExecStart={SMALL} "))).unwrap();
    let analyze = |args: &[&str]| run(Command::new("systemd-analyze").args(args).arg(&path));

    let verified = analyze(&["verify", "--man=no"]);
    assert_eq!(String::from_utf8_lossy(&verified.stderr), "");
    ok(verified);
    // In tenths: below 2.0.
    ok(analyze(&["security", "--offline=true", "--threshold=20"]));
}

#[test]
fn the_manifests_run_two_servers_with_few_rights() {
    let mut python = Command::new(root().join(".venv/bin/python"));
    python
        .arg(root().join("tests/packages/kubernetes.py"))
        .arg(root().join("packaging/kubernetes"));
    ok(run(&mut python));
}
