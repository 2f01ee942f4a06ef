//! The Debian package, installed into a folder, started there as systemd starts it, removed and purged.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        net::UnixDatagram,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{SMALL, build, ok, root};
use crate::support::{
    patience::{PATIENCE, ended, run},
    ports::free_port,
};

/// A folder that dpkg takes for the root of a machine.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["info", "updates", "triggers"] {
            fs::create_dir_all(folder.path().join("var/lib/dpkg").join(name)).unwrap();
        }
        fs::create_dir(folder.path().join("etc")).unwrap();
        for name in ["var/lib/dpkg/status", "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"]
        {
            fs::write(folder.path().join(name), "").unwrap();
        }
        Self(folder)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs dpkg; returns its output and that of the package's scripts.
    #[track_caller]
    fn dpkg(&self, args: &[&str]) -> String {
        let mut command = Command::new("dpkg");
        command.arg(format!("--root={}", self.0.path().display()));
        command.args(["--force-depends", "--force-script-chrootless", "--force-unsafe-io"]);
        ok(run(command.args(args)))
    }

    fn install(&self, package: &Path) -> String {
        self.dpkg(&["--install", package.to_str().unwrap()])
    }

    /// The ids of the user that the package made.
    fn ids(&self) -> [u32; 2] {
        let passwd = self.read("etc/passwd");
        let line = passwd.lines().find(|line| line.starts_with("pocketid:")).expect("a user");
        let fields: Vec<_> = line.split(':').collect();
        assert_eq!(fields[5..], ["/var/lib/pocketid", "/usr/sbin/nologin"]);
        [fields[2], fields[3]].map(|id| id.parse().unwrap())
    }

    /// Starts the server as the unit does: as its user, in its folder, with the machine as its root.
    fn start(&self) -> Child {
        let [user, group] = self.ids();
        let script = format!(
            "cd '{0}' && mkdir -p lib lib64 && mount --bind /lib lib && mount --bind /lib64 lib64 && \
             exec unshare --root='{0}' --wd=/var/lib/pocketid --setgid={group} --setuid={user} \
             /usr/bin/pocketid serve",
            self.0.path().display()
        );
        Command::new("unshare")
            .args(["--mount", "sh", "-c", &script])
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("NOTIFY_SOCKET", "/var/lib/pocketid/notify")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// Making users and giving them files takes root.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The status of an answer at this port.
fn status(port: u16) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer[9..12].to_owned()
}

#[test]
fn the_package_is_installed_started_removed_and_purged_and_keeps_the_data() {
    if !is_root() {
        return;
    }
    let (machine, folder) = (Machine::new(), TempDir::new().unwrap());
    // Without what a debugger reads, which takes long to copy.
    let program = folder.path().join("pocketid");
    let mut strip = Command::new("strip");
    ok(run(strip.arg("-o").arg(&program).arg(env!("CARGO_BIN_EXE_pocketid"))));
    let package = build("debian/build.sh", program.to_str().unwrap(), folder.path());

    let told = machine.install(&package);
    assert!(told.contains("set APP_URL in /etc/pocketid/env"), "{told}");
    let [user, group] = machine.ids();
    let home = fs::metadata(machine.path("var/lib/pocketid")).unwrap();
    assert_eq!((home.uid(), home.gid(), home.mode() & 0o777), (user, group, 0o750));
    let settings = fs::metadata(machine.path("etc/pocketid/env")).unwrap();
    assert_eq!((settings.uid(), settings.gid(), settings.mode() & 0o777), (0, group, 0o640));

    let port = free_port();
    let chosen = machine.read("etc/pocketid/env").replace("PORT=1411", &format!("PORT={port}"));
    let chosen = chosen.replace("=http://localhost:1411", "=https://id.example.com");
    fs::write(machine.path("etc/pocketid/env"), &chosen).unwrap();
    let systemd = UnixDatagram::bind(machine.path("var/lib/pocketid/notify")).unwrap();
    systemd.set_read_timeout(Some(PATIENCE)).unwrap();
    let notify = machine.path("var/lib/pocketid/notify");
    fs::set_permissions(notify, fs::Permissions::from_mode(0o777)).unwrap();
    let server = machine.start();
    let mut message = [0; 256];
    let length = systemd.recv(&mut message).expect("the server is ready");
    let message = String::from_utf8_lossy(&message[..length]);
    assert_eq!(message, "READY=1\nSTATUS=Serving https://id.example.com");
    assert_eq!(status(port), "204");
    let id = server.id().to_string();
    ok(run(Command::new("kill").args(["-s", "TERM", &id])));
    assert!(ended(server).status.success());
    let database = fs::metadata(machine.path("var/lib/pocketid/data/pocketid.db")).unwrap();
    assert_eq!(database.uid(), user);

    machine.install(&package);
    assert_eq!(machine.read("etc/pocketid/env"), chosen, "an upgrade changes no settings");

    machine.dpkg(&["--remove", "pocketid"]);
    assert!(!machine.path("usr/bin/pocketid").exists());
    assert_eq!(machine.read("etc/pocketid/env"), chosen);
    let told = machine.dpkg(&["--purge", "pocketid"]);
    assert!(told.contains("kept the data in /var/lib/pocketid"), "{told}");
    assert!(!machine.path("etc/pocketid").exists());
    assert_eq!(machine.read("var/lib/pocketid/.env"), chosen, "they may have the key of the data");

    machine.install(&package);
    assert_eq!(machine.read("etc/pocketid/env"), chosen, "they come back");
    assert!(machine.path("var/lib/pocketid/data/pocketid.db").exists());
}

#[test]
fn a_package_that_was_never_used_leaves_nothing() {
    if !is_root() {
        return;
    }
    let (machine, folder) = (Machine::new(), TempDir::new().unwrap());
    machine.install(&build("debian/build.sh", SMALL, folder.path()));
    machine.dpkg(&["--purge", "pocketid"]);

    let found = ok(run(Command::new("find").arg(machine.0.path()).args([
        "-path",
        "*pocketid*",
        "-not",
        "-path",
        "*/var/lib/dpkg/*",
    ])));
    assert_eq!(found, "");
}

#[test]
fn the_package_holds_program_unit_man_pages_and_completions() {
    let folder = TempDir::new().unwrap();
    let package = build("debian/build.sh", SMALL, folder.path());

    let listed = ok(run(Command::new("dpkg-deb").arg("-c").arg(&package)));
    for path in [
        "usr/bin/pocketid",
        "usr/lib/systemd/system/pocketid.service",
        "usr/share/man/man1/pocketid-serve.1.gz",
        "usr/share/bash-completion/completions/pocketid",
        "usr/share/doc/pocketid/copyright",
    ] {
        assert!(listed.contains(&format!(" ./{path}\n")), "{path} is missing:\n{listed}");
    }
    assert!(listed.lines().all(|line| line.contains(" root/root ")), "{listed}");
    for script in ["postinst", "prerm", "postrm"] {
        let path = root().join("packaging/debian").join(script);
        ok(run(Command::new("sh").arg("-n").arg(path)));
    }
}

/// The settings of the package are settings of the program, in their comments, too.
#[test]
fn the_settings_of_the_package_are_known() {
    let text = fs::read_to_string(root().join("packaging/debian/env")).unwrap();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let names: Vec<_> = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .map(|(name, _)| name)
        .filter(|name| is_name(name))
        .collect();
    assert!(names.len() > 6, "{names:?}");
    for name in names {
        let is_known = pocketid::settings::SETTINGS.iter().any(|line| line.names.contains(&name));
        assert!(is_known, "{name}");
    }
}
