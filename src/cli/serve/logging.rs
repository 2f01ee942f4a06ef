//! Logging: text on a terminal, JSON for log collectors.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer as _, filter::Targets, fmt::layer, layer::SubscriberExt as _, registry,
    util::SubscriberInitExt as _,
};

use super::super::{error::CliError, log_queue, report::Report};
use crate::{
    server::Traces,
    settings::{LogLevel, Settings},
};

/// The log and the traces of a server.
pub struct Watching {
    /// Whether a person reads the log; announcements are sentences then, instead of log fields.
    pub talks: bool,
    /// The traces, if they are on.
    pub traces: Option<Traces>,
}

/// Starts logging to standard error, and traces.
pub fn start(settings: &Settings, report: &Report) -> Result<Watching, CliError> {
    let queue = log_queue::start()
        .map_err(|error| CliError::refused(format!("cannot start the log's thread: {error}")))?;
    let as_json = settings.log_json.unwrap_or(!report.has_reader());
    let lines = layer()
        .with_writer(queue)
        .with_ansi(report.has_color())
        .with_target(false)
        // Internal errors would bypass the queue, and would panic if standard error is broken.
        .log_internal_errors(false);
    let levels = levels(settings.log_level);
    let traces = traces(settings)?;
    let lines = if as_json {
        lines.json().flatten_event(true).with_filter(levels).boxed()
    } else {
        lines.with_filter(levels).boxed()
    };
    registry().with(lines).with(traces.as_ref().map(Traces::layer)).init();
    Ok(Watching { talks: report.has_reader() && !as_json, traces })
}

fn traces(settings: &Settings) -> Result<Option<Traces>, CliError> {
    let start = |traces| Traces::start(traces, &settings.trusted_authorities);
    settings.traces.as_ref().map(start).transpose().map_err(|error| {
        CliError::refused(format!("cannot start to send traces: {error}"))
            .hint("correct the variables that begin with OTEL_, or set OTEL_TRACES_EXPORTER=none")
    })
}

/// Logs only errors of libraries: they warn of malformed requests, and clients can send any number
/// of those.
fn levels(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
    };
    Targets::new().with_default(LevelFilter::ERROR).with_target("pocketid", level)
}

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        io::{Read as _, Write as _},
        net::{SocketAddr, TcpStream},
        process::{Command, ExitCode},
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
    };

    use super::*;
    use crate::{
        cli::{
            bug,
            globals::{ColorWhen, Globals, Output},
            serve::runtime::runtime,
        },
        crypto::{Rng, SystemRng},
        model::SystemClock,
        server::{App, Shutdown, serve},
        settings::Source,
        store::Store,
    };

    const CHILD: &str = "POCKETID_TEST_BROKEN_LOG";

    /// Random numbers until it is broken; then it panics when a handler needs a secret.
    #[derive(Debug, Default)]
    struct Breakable(AtomicBool);

    impl Rng for Breakable {
        fn fill(&self, buffer: &mut [u8]) {
            assert!(buffer.len() < 32 || !self.0.load(Ordering::SeqCst), "this is a test");
            SystemRng::new().fill(buffer);
        }
    }

    /// A panic in a panic hook aborts the process, so the test runs in a child process.
    #[test]
    fn a_panic_in_a_request_with_a_broken_log_is_one_500() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let name = "cli::serve::logging::tests::a_server_with_a_broken_log";
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([name, "--exact", "--nocapture"]).env(CHILD, "1").stderr(full);

        let ran = command.output().unwrap();

        let told = String::from_utf8_lossy(&ran.stdout);
        assert!(told.contains("answered 500 and 204"), "{} {told}", ran.status);
        assert!(ran.status.success(), "{}", ran.status);
    }

    #[test]
    fn a_server_with_a_broken_log() {
        if std::env::var_os(CHILD).is_some() {
            assert_eq!(bug::catch(serve_and_panic), ExitCode::SUCCESS);
        }
    }

    fn serve_and_panic() -> ExitCode {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pocketid.db");
        let variables = [
            ("DB_CONNECTION_STRING", file.to_str().unwrap()),
            ("ENCRYPTION_KEY", "a key for tests and for nothing else"),
        ];
        let settings = Settings::read(&Source::from_pairs(&variables)).unwrap();
        let globals =
            Globals { output: Output::Text, quiet: false, color: ColorWhen::Never, utc: false };
        start(&settings, &Report::new(&globals)).unwrap();
        let store = Store::open(&settings.database).unwrap();
        let rng = Arc::new(Breakable::default());
        let app = App::start(settings, store, Arc::new(SystemClock), rng.clone()).unwrap();
        let runtime = runtime(false).unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(app, listener, Shutdown::new()));

        rng.0.store(true, Ordering::SeqCst);
        let broken = status(address, "GET /api/webauthn/login/start");
        let healthy = status(address, "GET /healthz");

        println!("answered {broken} and {healthy}");
        runtime.shutdown_background();
        ExitCode::SUCCESS
    }

    fn status(address: SocketAddr, line: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }
}
