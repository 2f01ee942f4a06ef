//! The budgets of the design, measured: `make bench`.
//!
//! The server is a process of its own on the first core, this program on the second. RS256 signing
//! with ring alone, the bound of the token endpoint, is measured in the same run on the server's core,
//! since machines differ and the same machine differs from minute to minute.
#![expect(clippy::print_stdout, reason = "a benchmark is there to print its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has no better answer")]

mod backups;
mod engines;
mod grown;
mod lists;
mod load;
#[path = "../tests/support/patience.rs"]
#[expect(dead_code, reason = "the rest is for the tests")]
mod patience;
#[path = "../tests/support/ports.rs"]
mod ports;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "the rest is for the tests")]
mod postgres;
mod provider;

use std::{
    env,
    process::Command,
    time::{Duration, Instant},
};

use pocketid::crypto::{Algorithm, SigningKey};

use crate::{
    load::{Call, Figures, run},
    provider::Provider,
};

const RAW_RS256: &str = "--raw-rs256";
/// Measures the grown installation alone: `cargo bench --bench budgets -- --grown`.
const GROWN: &str = "--grown";
/// Measures the lists alone: `cargo bench --bench budgets -- --lists`.
const LISTS: &str = "--lists";
const SIGN_INS: usize = 10_000;
const CONNECTIONS: usize = 32;

fn main() {
    if env::args().any(|argument| argument == RAW_RS256) {
        return println!("{}", raw_rs256_per_second());
    }
    if env::args().any(|argument| argument == GROWN) {
        return grown::compare();
    }
    if env::args().any(|argument| argument == LISTS) {
        return lists::measure();
    }
    // First of all, since afterwards this program keeps to one core.
    engines::compare();
    lists::measure();
    backups::measure();
    let provider = Provider::start();
    row("cold start to the first 200, existing database", provider.start_time(), "60 ms");
    row("memory, idle after start", mib(provider.resident_bytes()), "16 MiB");
    sign_in_figures(&provider);
    row("memory after 10,000 sign-ins", mib(provider.resident_bytes()), "32 MiB");
    read_figures(&provider);
    command_figures(&provider);
    drop(provider);
    grown::compare();
}

/// Authorize, code and token, as often as the budget for memory asks.
fn sign_in_figures(provider: &Provider) {
    let authorize = vec![provider.authorize(); SIGN_INS];
    let (figures, answers) = run(provider.servers(), CONNECTIONS, authorize);
    row("authorize (session, consent given)", per_second(&figures), "");
    let redeem: Vec<Call> = answers.iter().map(|answer| provider.redeem(answer)).collect();

    let before: f64 = provider.on_its_core(&[RAW_RS256]).trim().parse().unwrap();
    let (figures, answers) = run(provider.servers(), CONNECTIONS, redeem);
    let after: f64 = provider.on_its_core(&[RAW_RS256]).trim().parse().unwrap();
    assert!(answers.iter().all(|answer| answer.status == 200), "every code is good");

    let raw = (before + after) / 2.0;
    let share = 100.0 * figures.per_second() / raw;
    row("RS256 signatures of ring alone", format!("{raw:.0}/s"), "");
    row("code exchange, durable", per_second(&figures), "");
    row("code exchange in % of ring alone", format!("{share:.0} %"), "70 %");
}

fn read_figures(provider: &Provider) {
    let token = provider.access_token();
    for (name, call, times, budget) in [
        ("userinfo", provider.userinfo(&token), 60_000, "15,000/s"),
        ("introspection", provider.introspect(&token), 60_000, "15,000/s"),
        ("forward auth, check", provider.forward_auth(), 60_000, "10,000/s"),
        ("discovery", Call::get("/.well-known/openid-configuration"), 200_000, "60,000/s"),
        ("JWKS", Call::get("/.well-known/jwks.json"), 200_000, "60,000/s"),
    ] {
        let (figures, answers) = run(provider.servers(), CONNECTIONS, vec![call; times]);
        assert!(answers.iter().all(|answer| answer.status == 200), "{name}");
        row(name, per_second(&figures), budget);
    }
}

/// From the start of the process to its end, the median of many.
fn command_figures(provider: &Provider) {
    for arguments in [
        &["healthcheck", "--endpoint", &format!("http://{}", provider.address())][..],
        &["client", "create", "bench", "--callback", "https://a.example/cb"],
        &["user", "list"],
    ] {
        let mut times: Vec<Duration> = (0..21)
            .map(|_| {
                let started = Instant::now();
                let output = provider.command(arguments).output().unwrap();
                assert!(output.status.success(), "{arguments:?}: {output:?}");
                started.elapsed()
            })
            .collect();
        times.sort();
        row(
            &format!("pocketid {}", arguments[..2].join(" ")),
            millis(times[times.len() / 2]),
            "25 ms",
        );
    }
}

/// Signatures of an ID token's size in two seconds on one core.
fn raw_rs256_per_second() -> f64 {
    let pkcs8 = SigningKey::generate(Algorithm::Rs256).unwrap();
    let key = SigningKey::from_pkcs8("bench".into(), Algorithm::Rs256, &pkcs8).unwrap();
    let message = [b'x'; 600];
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < Duration::from_secs(2) {
        std::hint::black_box(key.sign(std::hint::black_box(&message)));
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

fn row(name: &str, figure: impl std::fmt::Display, budget: &str) {
    println!("{name:<56} {figure:>28}   {budget}");
}

fn per_second(figures: &Figures) -> String {
    format!("{:.0}/s, p99 {}", figures.per_second(), millis(figures.p99()))
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1_048_576.0)
}

/// This program pinned to a core, with other arguments.
fn pinned(core: u8, program: &std::path::Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(core.to_string()).arg(program);
    command
}
