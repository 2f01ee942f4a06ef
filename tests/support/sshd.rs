//! OpenSSH of Debian: its server, its agent and its client.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

use super::{
    daemon::Daemon,
    flow::{CHALLENGE, Person, VERIFIER},
    op::{TestClient, TestOp},
    patience::run,
    ports::free_port,
    wait_until,
};

/// A running sshd with a key of its own. It ends when it is dropped.
pub(crate) struct Sshd {
    daemon: Daemon,
    port: u16,
}

impl Sshd {
    /// A server with these lines in its configuration, where `{}` is its folder. `prepare` puts files there
    /// before it starts.
    pub(crate) fn start(lines: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let key = folder.path().join("host_key");
        keygen(&["-q", "-t", "ed25519", "-N", "", "-f", key.to_str().expect("a plain path")]);
        prepare(folder.path());
        let port = free_port();
        let lines = lines.replace("{}", folder.path().to_str().expect("a plain path"));
        let config = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nPidFile none\nUsePAM no\nStrictModes no\n\
             AuthorizedKeysFile none\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\n\
             LogLevel VERBOSE\n{lines}\n",
            key.display()
        );
        let file = folder.path().join("sshd_config");
        fs::write(&file, config).expect("a file");
        // Where it gives up its rights. Only root may make it, and only root's server needs it.
        drop(fs::create_dir_all("/run/sshd"));
        let mut command = Command::new("/usr/sbin/sshd");
        command.args(["-D", "-e", "-f"]).arg(&file);
        Self { daemon: Daemon::start(&mut command, folder, port), port }
    }

    /// A file in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.daemon.folder().join(name)
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).expect("a log")
    }

    /// Enters an account with what the agent at this socket has, and runs a command.
    pub(crate) fn enter(&self, account: &str, socket: &Path, more: &[&str]) -> Output {
        let known_hosts = format!("UserKnownHostsFile={}", self.path("known_hosts").display());
        let mut command = Command::new("ssh");
        command
            .args(["-F", "none", "-T", "-p", &self.port.to_string()])
            .args(["-o", "BatchMode=yes", "-o", "GlobalKnownHostsFile=none", "-o", &known_hosts])
            .args(more)
            .arg(format!("{account}@127.0.0.1"))
            .args(["echo", "inside"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("SSH_AUTH_SOCK", socket);
        run(&mut command)
    }

    /// Whether somebody gets in, whatever key the host has. A refusal must be one of their key.
    #[track_caller]
    pub(crate) fn lets_in(&self, account: &str, socket: &Path) -> bool {
        let ran = self.enter(account, socket, &["-o", "StrictHostKeyChecking=no"]);
        let stderr = String::from_utf8_lossy(&ran.stderr);
        match (ran.status.code(), ran.stdout.as_slice()) {
            (Some(0), b"inside\n") => true,
            (Some(255), _) => {
                assert!(stderr.contains("Permission denied (publickey)"), "{stderr}");
                false
            }
            other => panic!("{other:?}: {stderr}\n{}", self.log()),
        }
    }
}

/// A running agent without keys.
pub(crate) struct SshAgent {
    process: Child,
    folder: TempDir,
}

impl SshAgent {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let socket = folder.path().join("agent");
        let process = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .expect("ssh-agent. `tests/setup.sh` installs it.");
        wait_until(|| socket.exists());
        Self { process, folder }
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("agent")
    }

    /// The keys that it has, a line each.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut command = Command::new("ssh-add");
        let ran = run(command.arg("-L").env("SSH_AUTH_SOCK", self.socket()));
        let text = String::from_utf8(ran.stdout).expect("a text");
        text.lines().filter(|line| line.starts_with("ssh-")).map(str::to_owned).collect()
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs `ssh-keygen`, which has to succeed. Returns what it printed.
#[track_caller]
pub(crate) fn keygen(args: &[&str]) -> String {
    let ran = try_keygen(args);
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("a text")
}

/// Runs `ssh-keygen`.
pub(crate) fn try_keygen(args: &[&str]) -> Output {
    run(Command::new("ssh-keygen").args(args))
}

/// A new public key of a type, such as `ed25519`, as a line.
pub(crate) fn new_key(args: &[&str]) -> String {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("key");
    let path = path.to_str().expect("a plain path");
    keygen(&[&["-q", "-N", "", "-f", path], args].concat());
    fs::read_to_string(format!("{path}.pub")).expect("a public key")
}

impl TestOp {
    /// Signs a person in for a certificate, as `pocketid ssh login` does. Returns the access token.
    pub(crate) fn ssh_token(&self, person: &mut Person) -> String {
        let client = TestClient {
            id: "pocketid-ssh".into(),
            secret: String::new(),
            redirect_uri: "http://127.0.0.1:49152/callback".into(),
        };
        let resource = format!("{}/api/ssh/certificates", self.base_url());
        let more = [
            ("resource", resource.as_str()),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let code = person.code(&client, &more);
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
            ("client_id", client.id.as_str()),
            ("code_verifier", VERIFIER),
        ];
        let answer = self.agent().post_form("/api/oidc/token", &fields).ok().json();
        answer["access_token"].as_str().expect("a token").to_owned()
    }
}
