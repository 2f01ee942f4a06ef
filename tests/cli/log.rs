//! The log of a server: whatever its destination, it does not stop the server; and no client can fill it.

use std::fs::File;

use serde_json::Value;

use crate::support::{cli::Cli, ports::free_port, server::Server};

#[track_caller]
fn expect_answers_and_an_end(server: Server) {
    let answers = server.pipeline("GET /setup HTTP/1.1", 2_000);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 2_000);
    assert_eq!(server.pipeline("GET /healthz HTTP/1.1", 1), [204]);
    server.signal("TERM");
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_server_with_a_full_disk_behind_its_log_goes_on() {
    let cli = Cli::new().with("DISABLE_RATE_LIMITING", "true");
    let full = File::options().write(true).open("/dev/full").unwrap();
    expect_answers_and_an_end(cli.serve_logging_to(free_port(), full));
}

#[test]
fn a_server_whose_log_nobody_reads_goes_on_and_ends() {
    let cli = Cli::new().with("DISABLE_RATE_LIMITING", "true");
    let (reader, log) = std::io::pipe().unwrap();
    expect_answers_and_an_end(cli.serve_logging_to(free_port(), log));
    drop(reader);
}

#[test]
fn a_server_whose_log_is_closed_goes_on() {
    let cli = Cli::new().with("DISABLE_RATE_LIMITING", "true");
    let (reader, log) = std::io::pipe().unwrap();
    drop(reader);
    expect_answers_and_an_end(cli.serve_logging_to(free_port(), log));
}

/// Refusing costs microseconds: without a bound one connection would fill a disk.
#[test]
fn one_address_gets_a_bounded_number_of_lines_and_the_rest_is_counted() {
    const REQUESTS: usize = 10_000;
    let cli = Cli::new();
    let server = cli.serve();
    let answers = server.pipeline("GET /nowhere HTTP/1.1", REQUESTS);
    server.signal("TERM");
    let (_, log) = server.wait();

    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let single = lines.iter().filter(|line| line["message"] == "request");
    let sums =
        lines.iter().filter(|line| line["message"] == "omitted the log lines of single requests");
    let told: u64 = sums.clone().map(|line| line["requests"].as_u64().unwrap()).sum();
    // A minute may end in between, and then there is another one.
    assert!(single.clone().count() <= 2 * 61, "{log}");
    assert_eq!(single.count() as u64 + told, REQUESTS as u64);
    assert!(sums.clone().any(|line| line["from"] == "127.0.0.1" && line["ending"] == "too many"));
    assert!(answers.contains(&429));
}

#[test]
fn assets_and_health_checks_get_no_lines() {
    let cli = Cli::new();
    let server = cli.serve();
    let page = server.request("GET /setup HTTP/1.1");
    let (_, asset) = page.split_once("/assets/").unwrap();
    let asset = asset.split('"').next().unwrap();
    let answer = server.request(&format!("GET /assets/{asset} HTTP/1.1"));
    server.request("GET /healthz HTTP/1.1");
    server.signal("TERM");
    let (_, log) = server.wait();

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(log.contains("\"route\":\"/setup\""), "{log}");
    assert!(!log.contains("/assets/") && !log.contains("/healthz"), "{log}");
}
