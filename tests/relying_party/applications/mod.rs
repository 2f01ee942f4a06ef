//! Applications, set up with exactly what `client create --recipe` prints, and signed in to with a browser.

mod jupyterhub;
mod node_red;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::provider::Provider;
use crate::support::{
    browser::{Browser, Page},
    ports::free_port,
    program::relying_party,
};

/// How long an application may take to start: several seconds of Python or JavaScript, and more beside
/// other tests.
const LIMIT: Duration = Duration::from_secs(120);

const USERNAME: &str = "ada";
const EMAIL: &str = "ada@example.com";

/// The packages of this folder, which `tests/setup.sh` installs.
fn node_modules() -> PathBuf {
    relying_party("applications/node_modules")
}

/// A provider with an account, and an application that is about to be set up.
struct Setting {
    page: Page,
    /// Where the application will be.
    base_url: String,
    port: u16,
    /// The output of its recipe.
    settings: String,
    folder: TempDir,
    _provider: Provider,
}

impl Setting {
    #[track_caller]
    fn of(recipe: &str) -> Self {
        let provider = Provider::start();
        let mut page = Browser::page();
        page.set_limit(LIMIT);
        let _authenticator = page.add_authenticator();
        provider.set_up(&page, USERNAME, EMAIL);
        page.clear_cookies();
        let port = free_port();
        let base_url = format!("http://localhost:{port}");
        let settings = provider.register_from_recipe(recipe, &base_url);
        let folder = tempfile::tempdir().expect("a folder for the application");
        Self { page, base_url, port, settings, folder, _provider: provider }
    }

    /// Writes a file into the application's folder.
    #[track_caller]
    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("a file of the application");
        path
    }

    /// Starts the application in its folder, and waits until it has a page at this path.
    #[track_caller]
    fn start(&self, mut command: Command, path: &str) -> Application {
        let log_path = self.folder.path().join("log");
        let log = fs::File::create(&log_path).expect("a log");
        let process = command
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("NODE_PATH", node_modules())
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle of the log"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start {command:?}: {error}. `tests/setup.sh` installs it.")
            });
        let mut application = Application { process, log_path };
        application.wait_until_it_answers(self.port, path);
        application
    }

    /// The steps of a person at the provider: signs in with the passkey, and allows the application.
    #[track_caller]
    fn sign_in(&self) {
        self.page.click("[data-step=authenticate] #continue");
        self.page.click("[data-step=consent] #continue");
    }
}

/// A running application, which is ended when it is dropped; its log is shown if the test fails.
struct Application {
    process: Child,
    log_path: PathBuf,
}

impl Application {
    #[track_caller]
    fn wait_until_it_answers(&mut self, port: u16, path: &str) {
        let deadline = Instant::now() + LIMIT;
        while !has_page(port, path) {
            let is_running = self.process.try_wait().is_ok_and(|status| status.is_none());
            assert!(is_running && Instant::now() < deadline, "the application did not start");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Whether there is a page: a proxy may listen before the application behind it.
fn has_page(port: u16, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    let mut status = [0; 12];
    TcpStream::connect(("127.0.0.1", port)).is_ok_and(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(20))).is_ok()
            && stream.write_all(request.as_bytes()).is_ok()
            && stream.read_exact(&mut status).is_ok()
            && status.ends_with(b" 200")
    })
}

impl Drop for Application {
    fn drop(&mut self) {
        // It may have processes of its own, which it ends when it is asked to.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            let log = fs::read_to_string(&self.log_path).unwrap_or_default();
            eprintln!("the application said:\n{log}");
        }
    }
}
