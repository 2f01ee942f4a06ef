//! Traces at a collector of OpenTelemetry that reads the real messages of OTLP.

use std::{fs, process::Command, thread, time::Duration};

use serde_json::{Value, json};

use crate::support::{
    cli::Cli, daemon::Daemon, https::TlsPlace, patience::wait_for_some, ports::free_port,
    server::Server, wait_until,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/collector.py");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.venv/bin/python");
/// It has a character that has to be encoded in the variable.
const TOKEN: &str = "token=of the collector";
const HEADERS: &str = "authorization=Bearer%20token%3Dof%20the%20collector";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A collector that speaks TLS, and the folder that outlives it.
struct Collector(TlsPlace);

impl Collector {
    fn new() -> Self {
        Self(TlsPlace::new())
    }

    /// Starts it; it ends when the result is dropped.
    fn collect(&self) -> Daemon {
        let mut command = Command::new(PYTHON);
        command.args([SCRIPT, "--port", &self.0.port.to_string(), "--token", TOKEN]);
        command.args(["--spans", &self.0.path("spans")]);
        command.args(["--cert", &self.0.path("certificate.pem"), "--key", &self.0.path("key.pem")]);
        Daemon::start(&mut command, tempfile::tempdir().unwrap(), self.0.port)
    }

    /// An installation that sends to it.
    fn sender(&self) -> Cli {
        Cli::on_the_engine_of_the_tests()
            .with("APP_URL", "https://id.example.com")
            .with("TRUSTED_CA_FILE", &self.0.path("certificate.pem"))
            .with("OTEL_TRACES_EXPORTER", "otlp")
            .with("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("https://localhost:{}", self.0.port))
            .with("OTEL_EXPORTER_OTLP_HEADERS", HEADERS)
            .with("OTEL_BSP_SCHEDULE_DELAY", "100")
    }

    fn spans(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.0.path("spans")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The first span of this name, once it is there.
    #[track_caller]
    fn span(&self, name: &str) -> Value {
        wait_for_some(&format!("the span {name}"), || {
            self.spans().into_iter().find(|span| span["name"] == name)
        })
    }
}

fn get(server: &Server, path: &str, header: &str) -> String {
    server.request(&format!("GET {path} HTTP/1.1{header}"))
}

#[test]
fn a_request_is_a_span_with_the_work_that_it_caused_and_without_its_parameters() {
    let collector = Collector::new();
    let _daemon = collector.collect();
    let sender = collector
        .sender()
        .with("OTEL_SERVICE_NAME", "sign-in")
        .with("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=home");
    let server = sender.serve();

    get(&server, "/lc/SECRET?token=SECRET", "");
    get(&server, "/authorize?client_id=SECRET", "");

    let span = collector.span("GET /authorize");
    let attributes = &span["attributes"];
    assert_eq!(attributes["http.route"], "/authorize");
    assert_eq!(attributes["http.request.method"], "GET");
    assert_eq!(attributes["http.response.status_code"], 400);
    assert_eq!((&span["kind"], &span["status"]), (&json!(2), &json!(0)), "a server; unset");
    assert_eq!(span["resource"]["service.name"], "sign-in");
    assert_eq!(span["resource"]["deployment.environment"], "home");
    assert_eq!(span["resource"]["service.version"], env!("CARGO_PKG_VERSION"));
    let read = collector.spans().into_iter().find(|read| read["parent"] == span["id"]).unwrap();
    assert_eq!((&read["name"], &read["trace"]), (&json!("read"), &span["trace"]));
    let systems = ["sqlite", "postgresql"].map(Value::from);
    assert!(systems.contains(&read["attributes"]["db.system.name"]), "{read}");
    assert!(read["nanoseconds"].as_i64() <= span["nanoseconds"].as_i64());
    let all = fs::read_to_string(collector.0.path("spans")).unwrap();
    assert!(!all.contains("SECRET"), "{all}");
}

#[test]
fn the_trace_of_a_trusted_proxy_goes_on_and_that_of_a_stranger_does_not() {
    let collector = Collector::new();
    let _daemon = collector.collect();
    let header = format!("\r\ntraceparent: 00-{TRACE}-{PARENT}-01\r\nX-Forwarded-For: 192.0.2.1");

    let sender = collector.sender().with("TRUST_PROXY", "127.0.0.1");
    let server = sender.serve();
    get(&server, "/healthz", &header);
    let span = collector.span("GET /healthz");
    assert_eq!((&span["trace"], &span["parent"]), (&json!(TRACE), &json!(PARENT)));
    drop(server);

    let sender = collector.sender();
    let server = sender.serve();
    get(&server, "/login", &header);
    let span = collector.span("GET /login");
    assert_ne!(span["trace"], TRACE);
    assert_eq!(span["parent"], "");
}

#[test]
fn a_proxy_that_does_not_record_a_trace_has_it_not_recorded_here() {
    let collector = Collector::new();
    let _daemon = collector.collect();
    let sender = collector.sender().with("TRUST_PROXY", "127.0.0.1");
    let server = sender.serve();
    let header = format!("\r\ntraceparent: 00-{TRACE}-{PARENT}-00\r\nX-Forwarded-For: 192.0.2.1");

    get(&server, "/healthz", &header);
    get(&server, "/login", "");

    collector.span("GET /login");
    assert!(collector.spans().iter().all(|span| span["name"] != "GET /healthz"));
}

#[test]
fn spans_that_are_sent_cause_no_spans() {
    let collector = Collector::new();
    let _daemon = collector.collect();
    let sender = collector.sender();
    let server = sender.serve();
    get(&server, "/login", "");
    collector.span("GET /login");

    // Some batches later.
    thread::sleep(Duration::from_secs(1));

    let is_of_the_sender = |span: &Value| span["attributes"]["server.address"] == "localhost";
    assert!(!collector.spans().iter().any(is_of_the_sender));
}

#[test]
fn a_collector_that_is_away_is_told_once_and_delays_nobody() {
    let collector = Collector::new();
    let log = collector.0.path("log");
    let sender = collector.sender();
    let server = sender.serve_logging_to(free_port(), fs::File::create(&log).unwrap());
    let logged = |text: &str| fs::read_to_string(&log).unwrap().matches(text).count();
    for _ in 0..20 {
        assert!(get(&server, "/login", "").starts_with("HTTP/1.1 302"));
        thread::sleep(Duration::from_millis(50));
    }
    wait_until(|| logged("cannot send spans to the collector") > 0);
    // Some batches later.
    get(&server, "/login", "");
    thread::sleep(Duration::from_millis(500));
    assert_eq!(logged("cannot send spans to the collector"), 1);

    let daemon = collector.collect();
    wait_until(|| {
        get(&server, "/login", "");
        logged("spans reach the collector again") > 0
    });
    drop(daemon);
    let text = fs::read_to_string(&log).unwrap();
    assert!(!text.contains("of the collector") && !text.contains(HEADERS), "{text}");
}

#[test]
fn the_last_spans_are_sent_when_the_server_stops() {
    let collector = Collector::new();
    let _daemon = collector.collect();
    let sender = collector.sender().with("OTEL_BSP_SCHEDULE_DELAY", "600000");
    let server = sender.serve();
    get(&server, "/login", "");
    assert!(collector.spans().is_empty());

    server.signal("TERM");
    server.wait();

    assert!(collector.spans().iter().any(|span| span["name"] == "GET /login"));
}

#[test]
fn a_log_line_names_its_trace() {
    let collector = Collector::new();
    let _daemon = collector.collect();
    let log = collector.0.path("log");
    let sender = collector.sender().with("LOG_JSON", "true");
    let server = sender.serve_logging_to(free_port(), fs::File::create(&log).unwrap());
    get(&server, "/login", "");

    let span = collector.span("GET /login");

    let text = fs::read_to_string(&log).unwrap();
    let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let line = lines.rfind(|line| line["route"] == "/login").unwrap();
    assert_eq!(line["trace_id"], span["trace"]);
    assert!(line.get("span").is_none() && line.get("spans").is_none(), "{line}");
}
