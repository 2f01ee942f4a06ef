//! A program of Debian's that serves until the test ends.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

use super::wait_for;

/// A running program with a folder of its own, which ends when it is dropped. A test that fails shows its
/// output.
pub(crate) struct Daemon {
    process: Child,
    folder: TempDir,
}

impl Daemon {
    /// Starts it with the given environment only, and waits until it listens.
    #[track_caller]
    pub(crate) fn start(command: &mut Command, folder: TempDir, port: u16) -> Self {
        let log = fs::File::options().create(true).append(true).open(log_in(folder.path()));
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.expect("a log"))
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start {command:?}: {error}. `tests/setup.sh` installs it.")
            });
        let mut daemon = Self { process, folder };
        daemon.wait_until_it_listens(port);
        daemon
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    #[track_caller]
    fn wait_until_it_listens(&mut self, port: u16) {
        wait_for("the start of a program", || {
            let is_running = self.process.try_wait().is_ok_and(|status| status.is_none());
            assert!(is_running, "it did not start");
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            let log = fs::read_to_string(log_in(self.folder.path())).unwrap_or_default();
            eprintln!("It said:\n{log}");
        }
    }
}

fn log_in(folder: &Path) -> std::path::PathBuf {
    folder.join("log")
}
