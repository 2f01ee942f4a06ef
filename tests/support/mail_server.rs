//! A real mail server on this machine (aiosmtpd).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    authority::{new_authority, new_certificate},
    daemon::Daemon,
    op::TestOp,
    ports::free_port,
    wait_for,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/mail_server.py");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python");
pub(crate) const USER: &str = "id";
pub(crate) const PASSWORD: &str = "pässword with spaces";

/// The requirements of the server.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wants {
    /// `none`, `starttls` or `tls`.
    pub(crate) tls: &'static str,
    pub(crate) login: bool,
    /// Whether it never answers QUIT.
    pub(crate) no_goodbye: bool,
    /// The name in its certificate.
    pub(crate) name: &'static str,
}

/// A mail server that can be stopped and started again. Its mails outlive it.
pub(crate) struct TestMailServer {
    wants: Wants,
    port: u16,
    folder: TempDir,
    daemon: Option<Daemon>,
}

impl TestMailServer {
    /// A server without TLS that takes mail from any client.
    pub(crate) fn start() -> Self {
        Self::start_with(Wants { tls: "none", ..Wants::default() })
    }

    pub(crate) fn start_with(wants: Wants) -> Self {
        let mut server = Self::stopped(wants);
        server.begin();
        server
    }

    /// A server that does not run yet, but whose address is known.
    pub(crate) fn stopped(wants: Wants) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        if wants.tls != "none" {
            new_authority(folder.path(), "ca");
            new_authority(folder.path(), "other");
            let name = if wants.name.is_empty() { "IP:127.0.0.1" } else { wants.name };
            new_certificate(folder.path(), "ca", name);
        }
        Self { wants, port: free_port(), folder, daemon: None }
    }

    pub(crate) fn begin(&mut self) {
        let at = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(PYTHON);
        command.arg(SCRIPT).args(["--port", &self.port.to_string(), "--tls", self.wants.tls]);
        command.arg("--mailbox").arg(at("mailbox"));
        if self.wants.tls != "none" {
            command.arg("--cert").arg(at("server.pem")).arg("--key").arg(at("server.key"));
        }
        if self.wants.no_goodbye {
            command.arg("--no-goodbye");
        }
        if self.wants.login {
            command.args(["--user", USER, "--password", PASSWORD]);
        }
        let folder = TempDir::new().expect("a temporary folder");
        self.daemon = Some(Daemon::start(&mut command, folder, self.port));
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The certificate of another authority.
    pub(crate) fn other_authority(&self) -> PathBuf {
        self.folder.path().join("other.pem")
    }

    /// The settings that lead to it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("smtpHost", "127.0.0.1".to_owned()),
            ("smtpPort", self.port.to_string()),
            ("smtpFrom", "id@example.com".to_owned()),
            ("smtpTls", self.wants.tls.to_owned()),
        ];
        if self.wants.login {
            settings.push(("smtpUser", USER.to_owned()));
        }
        settings
    }

    /// Writes its settings into an installation.
    pub(crate) fn configure(&self, op: &TestOp) {
        for (key, value) in self.settings() {
            op.beside(&format!("config set {key} {value}")).ok();
        }
        if self.wants.login {
            let line = format!("printf %s '{PASSWORD}' | pocketid config set smtpPassword -");
            op.cli().shell(&line).ok();
        }
    }

    /// The mails that it has accepted so far.
    pub(crate) fn mails(&self) -> Vec<Value> {
        read(&self.folder.path().join("mailbox"))
    }

    /// Waits until it has accepted so many mails.
    #[track_caller]
    pub(crate) fn wait(&self, count: usize) -> Vec<Value> {
        wait_for(&format!("mail number {count}"), || self.mails().len() >= count);
        let mails = self.mails();
        assert_eq!(mails.len(), count, "{mails:#?}");
        mails
    }
}

fn read(mailbox: &Path) -> Vec<Value> {
    let text = fs::read_to_string(mailbox).unwrap_or_default();
    // The last line may still be being written.
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).expect("a mail"))
        .collect()
}
