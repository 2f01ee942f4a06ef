//! The container image, run for real: as Pocket ID's is run, with other users, and where little is allowed.
//!
//! `make test` builds the static program of the image; it is the one of these tests.

mod volumes;

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;

use crate::support::{
    agent::Agent,
    patience::{PATIENCE, comes, run_within},
    ports::free_port,
    real_pocket_id::RealPocketId,
};

/// How long the image may take to be built.
const BUILD: Duration = Duration::from_secs(300);
/// The options that podman needs on a machine without systemd and with few rights.
const FLAGS: &[&str] = &["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1000:1000"];

/// The prefix of the names of images of these tests; the number of the process follows, so that two runs do
/// not disturb each other.
const NAMES: &str = "localhost/pocketid-test-";

/// The image, built once.
static IMAGE: LazyLock<Image> = LazyLock::new(|| {
    remove_images_of_ended_runs();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("target/static/pocketid");
    assert!(program.exists(), "make test builds {}", program.display());
    let tag = format!("{NAMES}{}", std::process::id());
    let remover = remove_at_the_end(&tag);
    let mut build = Command::new("sh");
    build
        .args(["packaging/image/build.sh".as_ref(), program.as_os_str(), tag.as_ref()])
        .current_dir(root);
    let built = run_within(BUILD, &mut build);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Image(tag, remover)
});

/// The name, and what removes the image when this process ends.
struct Image(String, #[expect(dead_code, reason = "closed by the end of the process")] Child);

/// Starts a process that removes an image, and containers of it, when this process has ended, however that
/// comes about: only then does its standard input end. It is no part of a group that is interrupted.
fn remove_at_the_end(tag: &str) -> Child {
    let script = r#"cat; exec podman rmi --force --ignore "$0" >/dev/null 2>&1"#;
    Command::new("sh")
        .args(["-c", script, tag])
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Removes images that are left over all the same: the machine may have stopped in the middle of a run.
fn remove_images_of_ended_runs() {
    let listed = podman_ok(&["images", "--format", "{{.Repository}}"]);
    for name in listed.lines() {
        let process = name.strip_prefix(NAMES).and_then(|number| number.parse::<u32>().ok());
        if process.is_some_and(|number| !Path::new(&format!("/proc/{number}")).exists()) {
            podman(&["rmi", "--force", "--ignore", name]);
        }
    }
}

fn podman(args: &[&str]) -> Output {
    run_within(2 * PATIENCE, Command::new("podman").args(["--runtime", "runc"]).args(args))
}

#[track_caller]
fn podman_ok(args: &[&str]) -> String {
    let ran = podman(args);
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A container, until it is dropped.
struct Container {
    name: String,
    port: u16,
}

impl Container {
    /// Starts the server with a volume and these options.
    fn start(volume: &Path, options: &[&str]) -> Self {
        let volume = format!("{}:/app/data", volume.display());
        Self::start_on(&["--volume", &volume], options)
    }

    /// Starts the server with data where these options say.
    fn start_on(volume: &[&str], options: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("pocketid-test-{}-{number}", std::process::id());
        let port = free_port();
        let (app_url, listen) =
            (format!("APP_URL=http://localhost:{port}"), format!("PORT={port}"));
        let mut args = vec!["run", "--detach", "--name", &name, "--network", "host"];
        args.extend(FLAGS);
        args.extend(volume);
        args.extend(["--env", &app_url, "--env", &listen]);
        args.extend(options);
        args.push(&IMAGE.0);
        podman_ok(&args);
        Self { name, port }
    }

    fn base_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Runs a program of the image in the container.
    fn exec(&self, program: &[&str]) -> Output {
        podman(&[&["exec", &self.name], program].concat())
    }

    /// Waits until its own health check is content.
    #[track_caller]
    fn become_healthy(&self) {
        let is_healthy = comes(|| podman(&["healthcheck", "run", &self.name]).status.success());
        assert!(is_healthy, "{}", self.log());
    }

    fn log(&self) -> String {
        let ran = podman(&["logs", &self.name]);
        format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr))
    }

    /// Stops it as `docker stop` does. It must not need to be killed.
    #[track_caller]
    fn stop(&self) {
        podman_ok(&["stop", "--time", "60", &self.name]);
        let code = podman_ok(&["inspect", "--format", "{{.State.ExitCode}}", &self.name]);
        assert_eq!(code.trim(), "0", "{}", self.log());
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        podman(&["rm", "--force", "--time", "0", &self.name]);
    }
}

/// Runs the image with these options to its end: the exit code, and what the program wrote to standard
/// error.
fn run_to_the_end(options: &[&str]) -> (Option<i32>, String) {
    let args = [&["run", "--rm", "--network", "none"], FLAGS, options, &[&IMAGE.0]].concat();
    let ran = podman(&args);
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    // Without systemd, podman complains about the health check.
    let lines = told.lines().filter(|line| !line.starts_with("time="));
    (ran.status.code(), lines.map(|line| format!("{line}\n")).collect())
}

/// An empty folder that a user owns, as a volume.
fn volume_of(user: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    chown(folder.path(), Some(user), Some(user)).unwrap();
    folder
}

/// The users that own something in a folder.
fn owners(folder: &Path) -> Vec<u32> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut owners: Vec<_> = entries.map(|entry| entry.metadata().unwrap().uid()).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

#[test]
fn a_container_starts_on_an_empty_volume_is_healthy_and_goes_on_after_a_stop() {
    let volume = volume_of(0);
    let container = Container::start(volume.path(), &[]);
    container.become_healthy();
    assert_eq!(Agent::new(&container.base_url()).get("/login").location(), "/setup");
    for program in ["/app/pocketid", "/app/pocket-id"] {
        let checked = container.exec(&[program, "healthcheck"]);
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
    assert!(container.exec(&["/app/pocketid", "user", "add", "alice"]).status.success());
    assert_eq!(owners(volume.path()), [1000], "also what a command made");
    container.stop();

    podman_ok(&["start", &container.name]);
    container.become_healthy();
    let users = container.exec(&["/app/pocketid", "user", "list"]);
    assert!(String::from_utf8_lossy(&users.stdout).starts_with("alice"), "{users:?}");
    container.stop();
}

#[test]
fn the_data_goes_to_the_user_that_is_asked_for() {
    let volume = volume_of(1000);
    fs::create_dir(volume.path().join("uploads")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", volume.path().join("link")).unwrap();
    let passwd = fs::metadata("/etc/passwd").unwrap().uid();
    let container = Container::start(volume.path(), &["--env", "PUID=2345", "--env", "PGID=3456"]);
    container.become_healthy();
    let group = fs::metadata(volume.path().join("pocketid.db")).unwrap().gid();
    assert_eq!((owners(volume.path()), group), (vec![2345], 3456));
    assert_eq!(fs::metadata("/etc/passwd").unwrap().uid(), passwd);
    container.stop();
}

#[test]
fn a_user_of_the_container_needs_no_root_no_writable_file_system_and_no_network() {
    let volume = volume_of(4321);
    let options = ["--user", "4321:4321", "--read-only", "--cap-drop", "all"];
    let container = Container::start(volume.path(), &options);
    container.become_healthy();
    assert_eq!(owners(volume.path()), [4321]);
    container.stop();

    let volume = volume_of(4321);
    let mount = format!("{}:/app/data", volume.path().display());
    let args = ["run", "--rm", "--network", "none", "--user", "4321:4321", "--volume", &mount];
    let made = podman_ok(&[&args, FLAGS, &[&IMAGE.0, "user", "add", "alice"]].concat());
    assert!(made.contains("alice"), "{made}");
}

#[test]
fn a_user_that_is_none_is_told() {
    let (code, told) = run_to_the_end(&["--env", "PUID=me"]);
    assert_eq!(code, Some(3));
    assert!(told.contains("error: PUID is not the number of a user or group"), "{told}");
}

/// As the tutorials run it: only the line `image:` is another.
#[test]
fn the_compose_file_of_pocket_id_goes_on_with_the_volume_of_pocket_id() {
    let folder = tempfile::tempdir().unwrap();
    let old = RealPocketId::unpack(&folder.path().join("data"));
    let (port, key) = (free_port(), old.key().to_owned());
    let env = format!("APP_URL=http://localhost:{port}\nENCRYPTION_KEY={key}\nPORT={port}\n");
    fs::write(folder.path().join(".env"), env).unwrap();
    let compose = Compose::of(folder.path());
    compose.run(&["up", "--detach"]);
    let health = format!("http://127.0.0.1:{port}");
    assert!(comes(|| is_answered(&health)), "{}", compose.run(&["logs"]));
    compose.run(&["exec", "-T", "pocket-id", "/app/pocket-id", "healthcheck"]);
    old.everybody_signs_in(&format!("http://localhost:{port}"));
    compose.run(&["restart"]);
    let data = folder.path().join("data");
    assert!(data.join("pocket-id.db").exists() && data.join("pocketid.db").exists());
}

fn is_answered(base_url: &str) -> bool {
    let address = base_url.trim_start_matches("http://");
    std::net::TcpStream::connect(address).is_ok()
}

/// A compose file in a folder, run until it is dropped.
struct Compose {
    folder: PathBuf,
    project: String,
}

impl Compose {
    fn of(folder: &Path) -> Self {
        let file = include_str!("../data/compose.yml").replace("IMAGE", &IMAGE.0);
        fs::write(folder.join("compose.yml"), file).unwrap();
        let project = format!("pocketid-test-{}", std::process::id());
        Self { folder: folder.to_owned(), project }
    }

    fn command(&self, args: &[&str]) -> Output {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/podman-compose");
        let mut command = Command::new(program);
        command
            .args(["--podman-args=--runtime=runc", "-p", &self.project])
            .args(args)
            .current_dir(&self.folder);
        run_within(2 * PATIENCE, &mut command)
    }

    #[track_caller]
    fn run(&self, args: &[&str]) -> String {
        let ran = self.command(args);
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{args:?}: {told}");
        String::from_utf8_lossy(&ran.stdout).into_owned() + &told
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        self.command(&["down", "--timeout", "0"]);
    }
}
