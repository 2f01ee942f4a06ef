//! Chromium, driven over the DevTools protocol as a person would drive it.
//!
//! One Chromium serves the whole test run, and every page has a browser context of its own, so that
//! no test sees the cookies or passkeys of another. Chromium listens on a pipe: it quits when the
//! test process ends, however that ends, and the shell around it then removes its profile.
//!
//! Every wait has the limit [`LIMIT`] and fails with what the page showed at that moment.

mod act;
mod authenticator;
mod emulate;
mod observe;
mod page;
mod pipe;

use std::env;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use self::authenticator::Authenticator;
pub(crate) use self::page::Page;
use self::pipe::{Pipe, Session};
use super::patience::PATIENCE;

/// How long anything may take before the test fails.
const LIMIT: Duration = PATIENCE;

/// Chromium without its own windows, menus and tabs, which take twice the time of the pages under test.
const PROGRAM: &str = "chromium-headless-shell";

/// Hands Chromium the pipe as file descriptors 3 and 4, and tidies up after it.
///
/// Its arguments are the profile folder and the command. What Chromium says is of interest only
/// when it ended by itself.
const LAUNCH: &str = r#"
    profile=$1; shift
    trap '' INT TERM HUP
    "$@" 3<&0 4>&1 </dev/null >/dev/null 2>"$profile/log" || tail -n 20 "$profile/log" >&2
    rm -rf "$profile""#;

const FLAGS: [&str; 18] = [
    "--remote-debugging-pipe",
    "--headless",
    // Chromium refuses to start as root with its sandbox, and loads nothing here but our own pages.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--password-store=basic",
    // Several tests run at once; a page must not be slowed down because another is in front of it.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--accept-lang=en-US",
    // A test that would load something from elsewhere fails instead.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
];

/// The one Chromium of this test run.
pub(crate) struct Browser {
    pipe: Arc<Pipe>,
    user_agent: String,
    /// Kept only so that it is not waited for: it ends after us.
    _process: Child,
}

impl Browser {
    /// Opens an empty page in a browser context of its own.
    #[track_caller]
    pub(crate) fn page() -> Page {
        static BROWSER: OnceLock<Browser> = OnceLock::new();
        Page::open(BROWSER.get_or_init(Self::start))
    }

    fn start() -> Self {
        let profile = tempfile::Builder::new()
            .prefix("chromium-")
            .tempdir()
            .expect("a folder for Chromium's profile")
            .keep();
        let program = env::var("POCKETID_TEST_CHROMIUM").unwrap_or(PROGRAM.to_owned());
        let mut process = Command::new("sh")
            .args(["-c", LAUNCH, "sh"])
            .arg(&profile)
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .env("LANGUAGE", "en_US")
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell to start Chromium");
        let input = process.stdin.take().expect("its input is a pipe");
        let output = process.stdout.take().expect("its output is a pipe");
        let pipe = Pipe::open(input, output);
        let version = pipe.call(None, "Browser.getVersion", &json!({})).unwrap_or_else(|reason| {
            panic!("Chromium did not start: {reason}. `tests/setup.sh` installs it.")
        });
        let user_agent = version["userAgent"].as_str().unwrap_or_default().to_owned();
        Self { pipe, user_agent, _process: process }
    }

    /// Sends a command to the browser itself, rather than to one of its pages.
    #[track_caller]
    fn call(&self, method: &str, params: &Value) -> Value {
        self.pipe.call(None, method, params).unwrap_or_else(|reason| panic!("{method}: {reason}"))
    }

    /// Sends the commands of one page to it.
    fn session(&self, id: &str) -> Session {
        Session::new(Arc::clone(&self.pipe), id)
    }
}
