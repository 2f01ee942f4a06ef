//! The relying-party test site: Django with the OpenID Connect library that Linkding uses.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

use super::patience::PATIENCE;

/// The address of a site, which its client is registered with before the site knows its client.
pub(crate) struct Site {
    pub(crate) base_url: String,
    listener: TcpListener,
}

impl Site {
    /// Takes a free port of localhost and keeps it.
    pub(crate) fn reserve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        Self { base_url: format!("http://localhost:{port}"), listener }
    }

    /// Returns where the provider sends people back to.
    pub(crate) fn callback_url(&self) -> String {
        format!("{}/oidc/callback/", self.base_url)
    }

    /// Starts the site with these variables and no others, and waits until it answers.
    #[track_caller]
    pub(crate) fn start(self, variables: &[(&str, &str)]) -> Django {
        let address = self.listener.local_addr().expect("its address");
        let folder = tempfile::tempdir().expect("a folder for the site");
        let log = File::create(folder.path().join("log")).expect("a log for the site");
        let python = python();
        let process = Command::new(&python)
            .args(["-B", "serve.py"])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/relying_party/site"))
            .env_clear()
            .env("SITE_DATABASE", folder.path().join("db.sqlite3"))
            .envs(variables.iter().copied())
            .stdin(Stdio::from(OwnedFd::from(self.listener)))
            .stdout(log.try_clone().expect("a second handle of the log"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start {}: {error}. `tests/setup.sh` makes it.", python.display())
            });
        let site = Django { base_url: self.base_url, process, folder };
        // The port has been listening all along: this waits for the site, or fails when it ends.
        let stream = TcpStream::connect(address).expect("a port that listens");
        assert!(is_answered(stream), "the site did not start:\n{}", site.log());
        site
    }
}

/// A running site, which ends when it is dropped; its log is shown if the test fails.
pub(crate) struct Django {
    pub(crate) base_url: String,
    process: Child,
    folder: TempDir,
}

impl Django {
    /// Returns what the site said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Django {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            eprintln!("the site at {} said:\n{}", self.base_url, self.log());
        }
    }
}

/// The interpreter of the environment that `tests/setup.sh` makes.
pub(crate) fn python() -> PathBuf {
    match env::var_os("POCKETID_TEST_PYTHON") {
        Some(python) => python.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python"),
    }
}

fn is_answered(mut stream: TcpStream) -> bool {
    let mut status = [0; 12];
    stream.set_read_timeout(Some(PATIENCE)).is_ok()
        && stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").is_ok()
        && stream.read_exact(&mut status).is_ok()
        && status.ends_with(b" 200")
}
