//! Metrics: off by default, counted by route and never by path, and judged by Prometheus itself.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::support::{
    cli::Cli,
    daemon::Daemon,
    op::TestOp,
    patience::{PATIENCE, ended, wait_for_some},
    ports::free_port,
};

const TOKEN: &str = "a token of sixteen or more";
const PLAIN_TOKEN: &str = "0123456789abcdefghij";

fn op() -> TestOp {
    TestOp::with_settings(&[("METRICS_TOKEN", PLAIN_TOKEN)])
}

fn metrics(op: &TestOp) -> String {
    let bearer = format!("Bearer {PLAIN_TOKEN}");
    op.agent().with_header("authorization", &bearer).get("/metrics").ok().text()
}

/// The number of a line that begins so.
fn number(text: &str, line: &str) -> f64 {
    let found = text.lines().find_map(|found| found.strip_prefix(line)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{line} is not in\n{text}"))
}

#[test]
fn without_a_setting_there_are_none_and_with_a_token_only_for_it() {
    let off = TestOp::start();
    assert_eq!(off.agent().get("/metrics").status, 404);
    let op = op();
    assert_eq!(op.agent().get("/metrics").status, 401);
    for wrong in ["Bearer wrong", "Basic x", &format!("Bearer {PLAIN_TOKEN}x"), PLAIN_TOKEN] {
        assert_eq!(op.agent().with_header("authorization", wrong).get("/metrics").status, 401);
    }
    assert!(metrics(&op).contains("pocketid_build_info{version="));
}

#[test]
fn requests_count_by_their_route_and_errors_by_their_code() {
    let op = op();
    op.person("alice");
    op.agent().get("/lc/SECRET");
    op.agent().get("/nowhere/SECRET");
    op.agent().post_form("/api/oidc/token", &[("grant_type", "authorization_code")]);
    op.agent().post_form("/api/oidc/token", &[("grant_type", "SECRET")]);
    let text = metrics(&op);
    let count = |route: &str, method: &str| {
        let name = "pocketid_http_request_duration_seconds_count";
        number(&text, &format!("{name}{{method=\"{method}\",route=\"{route}\"}}"))
    };
    assert_eq!(count("/api/oidc/token", "POST"), 2.0);
    assert_eq!(count("/lc/{code}", "GET"), 1.0);
    assert!(!text.contains("SECRET"), "{text}");
    assert!(number(&text, "pocketid_http_responses_total{class=\"4xx\"}") >= 2.0);
    assert!(number(&text, "pocketid_errors_total{error=\"invalid_client\"}") >= 1.0);
    assert_eq!(number(&text, "pocketid_errors_total{error=\"unsupported_grant_type\"}"), 1.0);
    let signed_in = "pocketid_sign_ins_total{method=\"passkey\",result=\"success\"}";
    assert_eq!(number(&text, signed_in), 1.0, "{text}");
    assert_eq!(number(&text, "pocketid_users"), 1.0);
    assert!(number(&text, "pocketid_sessions") >= 1.0);
    assert!(number(&text, "process_resident_memory_bytes") > 1e6);
    if !op.is_postgres() {
        assert!(number(&text, "pocketid_database_writes_total") > 3.0);
    }
}

/// `promtool check metrics` knows the format and the habits of names.
#[test]
fn the_text_is_what_prometheus_wants() {
    let op = op();
    op.person("alice");
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool: see tests/setup.sh");
    promtool.stdin.take().unwrap().write_all(metrics(&op).as_bytes()).unwrap();
    let done = ended(promtool);
    let said = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&said));
}

fn http_get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// A real Prometheus reads the listener of its own, and answers a question about it.
#[test]
fn prometheus_reads_the_listener() {
    let port = free_port();
    let cli = Cli::on_the_engine_of_the_tests()
        .with("OTEL_METRICS_EXPORTER", "prometheus")
        .with("OTEL_EXPORTER_PROMETHEUS_PORT", &port.to_string());
    let server = cli.serve();
    assert!(http_get(port, "/metrics").unwrap().contains("pocketid_database_up 1"));
    assert!(http_get(port, "/healthz").unwrap().starts_with("HTTP/1.1 404"));
    let on_the_main_port =
        server.request("GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert!(on_the_main_port.contains("404"), "{on_the_main_port}");

    let (own, folder) = (free_port(), tempfile::tempdir().unwrap());
    let config = format!(
        "global: {{scrape_interval: 3s, scrape_timeout: 3s}}\nscrape_configs:\n- job_name: \
         pocketid\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
    );
    std::fs::write(folder.path().join("prometheus.yml"), config).unwrap();
    let mut prometheus = Command::new("prometheus");
    prometheus
        .arg(format!("--config.file={}", folder.path().join("prometheus.yml").display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{own}"));
    let _running = Daemon::start(&mut prometheus, folder, own);
    let answer = wait_for_some("a value", || {
        http_get(own, "/api/v1/query?query=pocketid_database_up")
            .filter(|answer| answer.contains("\"value\":["))
    });
    assert!(answer.contains("\"1\"]"), "{answer}");
}

#[test]
fn a_taken_port_is_told_at_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Cli::new().with("METRICS_LISTEN", &address).run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains(&format!("cannot listen at {address} for metrics")),
        "{}",
        ran.stderr
    );
    let ran = Cli::new().with("METRICS_TOKEN", TOKEN).run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
}

/// Each metric that the dashboard shows exists.
#[test]
fn the_dashboard_shows_metrics_that_there_are() {
    let dashboard = include_str!("../../packaging/grafana/pocketid.json");
    let dashboard: Value = serde_json::from_str(dashboard).expect("valid JSON");
    let mut expressions = Vec::new();
    collect(&dashboard, &mut expressions);
    assert!(expressions.len() >= 10, "{expressions:?}");
    let op = op();
    let text = metrics(&op);
    let known: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    // These are there when something happened, or on PostgreSQL.
    let later = [
        "pocketid_database_connections",
        "pocketid_backup_timestamp_seconds",
        "pocketid_backup_verification_timestamp_seconds",
        "pocketid_backup_verification_ok",
        "pocketid_outbox_oldest_timestamp_seconds",
        "pocketid_database_writes_waiting",
        "pocketid_database_writes_total",
        "pocketid_database_commits_total",
    ];
    for expression in expressions {
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in
            words.filter(|word| word.starts_with("pocketid_") || word.starts_with("process_"))
        {
            let plain = word
                .trim_end_matches("_bucket")
                .trim_end_matches("_count")
                .trim_end_matches("_sum");
            assert!(known.contains(plain) || later.contains(&plain), "{word} in {expression}");
        }
    }
}

/// The expressions of all panels.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "expr" => found.push(text.clone()),
                    value => collect(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn tokens_count_by_their_grant_type() {
    let op = op();
    let client = op.client();
    op.token(&client, &[("grant_type", "client_credentials")]).ok();
    let issued = "pocketid_tokens_issued_total{grant_type=\"client_credentials\"}";
    assert_eq!(number(&metrics(&op), issued), 1.0);
}
