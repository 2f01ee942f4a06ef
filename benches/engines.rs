//! Code exchange on both engines, durable, in one run: SQLite, PostgreSQL with one server, PostgreSQL
//! with two. The servers, the database and the load share all cores, so the figures compare these
//! three with each other; what one core can do is in `budgets.rs`.

use crate::{
    load::{Call, run},
    postgres::Cluster,
    provider::{Place, Provider},
    row,
};

const SIGN_INS: usize = 4_000;
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 3;

/// Measures all three, in turn, several times.
pub(crate) fn compare() {
    let cluster = Cluster::start_with(&[]);
    for round in 0..ROUNDS {
        measure("SQLite", None, 1);
        for servers in [1, 2] {
            let database = cluster.new_database(&format!("round{round}servers{servers}"));
            measure("PostgreSQL", Some(database), servers);
        }
    }
}

fn measure(engine: &str, database: Option<String>, servers: usize) {
    let provider = Provider::on(database, servers, Place::Anywhere);
    let authorize = vec![provider.authorize(); SIGN_INS];
    let (_, answers) = run(provider.servers(), CONNECTIONS, authorize);
    let redeem: Vec<Call> = answers.iter().map(|answer| provider.redeem(answer)).collect();
    let (figures, answers) = run(provider.servers(), CONNECTIONS, redeem);
    assert!(answers.iter().all(|answer| answer.status == 200), "every code is good");
    let p99 = figures.p99().as_secs_f64() * 1_000.0;
    let name = format!("code exchange, {engine}, {servers} server(s), all cores");
    row(&name, format!("{:.0}/s, p99 {p99:.1} ms", figures.per_second()), "");
}
