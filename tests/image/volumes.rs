//! Volumes that are of no use: each is told, and how to go on.

use std::{fs, io::Write as _, os::unix::fs::PermissionsExt as _, path::PathBuf};

use super::{Container, owners, podman_ok, run_to_the_end, volume_of};
use crate::support::{agent::Agent, patience::comes};

/// Stores a ceremony.
const WRITE: &str = "/api/webauthn/login/start";
const OF_ANOTHER: &str = "hint: run it as that user (a container: --user, or PUID and PGID), or give the folder and its \
                          files to this one, as in: chown -R 1000:1000 data\n";

#[test]
fn a_volume_that_is_mounted_read_only_is_told_whether_it_has_data_or_not() {
    let told = "error: cannot open the database data/pocketid.db: the folder data is mounted read-only\n\
                hint: mount it writable (a volume of a container: without :ro), or set DB_CONNECTION_STRING to a file \
                elsewhere\n";
    let volume = volume_of(1000);
    let (writable, read_only) = (
        format!("{}:/app/data", volume.path().display()),
        format!("{}:/app/data:ro", volume.path().display()),
    );
    assert_eq!(run_to_the_end(&["--volume", &read_only]), (Some(4), told.to_owned()), "empty");
    assert_eq!(fs::read_dir(volume.path()).unwrap().count(), 0);

    let container = Container::start_on(&["--volume", &writable], &[]);
    container.become_healthy();
    container.stop();
    for options in [&["--volume", &read_only][..], &["--volume", &read_only, "--user", "1000:1000"]]
    {
        assert_eq!(run_to_the_end(options), (Some(4), told.to_owned()), "{options:?}");
    }
}

#[test]
fn a_volume_of_another_user_is_told_with_both_users() {
    let volume = volume_of(1000);
    let mount = format!("{}:/app/data", volume.path().display());
    let options = ["--volume", &mount, "--user", "4321:4321"];
    for mode in [0o755, 0o700] {
        fs::set_permissions(volume.path(), fs::Permissions::from_mode(mode)).unwrap();
        let told = format!(
            "error: cannot open the database data/pocketid.db: data belongs to the user 1000, and this program runs as \
             the user 4321\n{OF_ANOTHER}"
        );
        assert_eq!(run_to_the_end(&options), (Some(4), told), "{mode:o}");
    }
    let container = Container::start(volume.path(), &[]);
    container.become_healthy();
    container.stop();
    fs::set_permissions(volume.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let told = format!(
        "error: cannot open the database data/pocketid.db: data/pocketid.db belongs to the user 1000, and this program \
         runs as the user 4321\n{OF_ANOTHER}"
    );
    assert_eq!(run_to_the_end(&options), (Some(4), told));
}

#[test]
fn a_volume_that_may_not_be_given_away_is_told() {
    let volume = volume_of(0);
    let mount = format!("{}:/app/data", volume.path().display());
    let (code, told) = run_to_the_end(&["--volume", &mount, "--cap-drop", "chown"]);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("cannot give the folder data to the user 1000 of PUID"), "{told}");
    assert!(told.contains("hint: on the host: chown -R 1000:1000 FOLDER"), "{told}");
}

/// Otherwise mounting the folder of a database server there would take the folder away from that server.
#[test]
fn a_folder_of_another_program_is_refused_and_left_as_it_is() {
    let volume = volume_of(0);
    for name in ["base", "global"] {
        fs::create_dir(volume.path().join(name)).unwrap();
    }
    fs::write(volume.path().join("postgresql.conf"), "port = 5432").unwrap();
    let mount = format!("{}:/app/data", volume.path().display());
    let refused = run_to_the_end(&["--volume", &mount]);
    let told = "error: cannot take the folder data for the data: it has files of another program, such as data/base\n\
                hint: mount another folder there; nothing was changed. If it is the right one, give it to the user of \
                PUID on the host: chown -R 1000:1000 FOLDER\n";
    assert_eq!(refused, (Some(3), told.to_owned()));
    assert_eq!((owners(volume.path()), fs::read_dir(volume.path()).unwrap().count()), (vec![0], 3));

    // As the hint says; the log then tells where the new database is.
    for entry in fs::read_dir(volume.path()).unwrap() {
        std::os::unix::fs::chown(entry.unwrap().path(), Some(1000), Some(1000)).unwrap();
    }
    let container = Container::start(volume.path(), &[]);
    container.become_healthy();
    let log = container.log();
    assert!(log.contains("in a folder with files of another program, such as data/base"), "{log}");
    container.stop();
}

#[test]
fn a_volume_that_is_too_small_is_told_on_start() {
    let mount = "type=tmpfs,destination=/app/data,tmpfs-size=65536";
    let told = "error: cannot write to the database: the disk is full\n\
                hint: free some disk space, and try again\n";
    assert_eq!(run_to_the_end(&["--mount", mount]), (Some(4), told.to_owned()));
}

#[test]
fn a_volume_that_fills_up_loses_nothing_that_was_acknowledged() {
    let mount = "type=tmpfs,destination=/app/data,tmpfs-size=4m";
    let options = ["--env", "DISABLE_RATE_LIMITING=true"];
    let container = Container::start_on(&["--mount", mount], &options);
    container.become_healthy();
    let add = |name: &str| container.exec(&["/app/pocketid", "user", "add", name]);
    assert!(add("alice").status.success());
    let filler = container.root().join("app/data/filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4_096]).is_ok() {}

    // The log of the database has some room of its own.
    let mut acknowledged = vec!["alice".to_owned()];
    let refused = (0..1_000).find_map(|number| {
        let name = format!("user{number:03}");
        let added = add(&name);
        if added.status.success() {
            acknowledged.push(name);
            return None;
        }
        Some(added)
    });
    let refused = refused.unwrap();
    assert_eq!(refused.status.code(), Some(4));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("cannot write to the database: the disk is full"), "{told}");
    let mut agent = Agent::new(&container.base_url());
    assert!(comes(|| agent.get(WRITE).status == 503), "{}", container.log());
    assert!(!container.exec(&["/app/pocketid", "healthcheck"]).status.success());

    container.wait_for_log("requests that write are answered with 503 until");

    drop(file);
    fs::remove_file(filler).unwrap();
    container.become_healthy();
    assert_eq!(agent.get(WRITE).status, 200);
    let listed = container.exec(&["/app/pocketid", "user", "list"]).stdout;
    let listed = String::from_utf8(listed).unwrap();
    let names: Vec<_> = listed.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(names, acknowledged);
    container.wait_for_log("the database is writable again");
    container.stop();
}

impl Container {
    /// Waits for a line of the log: the server looks twice a second whether it can write.
    fn wait_for_log(&self, words: &str) {
        assert!(comes(|| self.log().contains(words)), "{}", self.log());
    }

    /// The files as the container sees them, while it runs.
    fn root(&self) -> PathBuf {
        let pid = podman_ok(&["inspect", "--format", "{{.State.Pid}}", &self.name]);
        PathBuf::from(format!("/proc/{}/root", pid.trim()))
    }
}
