//! PostgreSQL: several servers on one database, and a database that goes away.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use pocketid::{model::Database, store::Store};
use serde_json::{Value, json};

use crate::support::{
    cli::Cli,
    flow::interaction_id,
    op::TestOp,
    patience::comes,
    postgres::{Cluster, new_database},
    wait_until,
};

/// Goes through a sign-in with every request at another server than the one before.
#[test]
fn a_sign_in_begun_on_one_server_ends_on_another() {
    let one = TestOp::on_postgres();
    let other = one.replica();
    let client = one.client();
    let mut alice = one.person("alice");
    let (at_one, at_other) = (one.agent(), other.agent());

    let mut browser = one.agent();
    let options = browser.get("/api/webauthn/login/start").ok().json();
    let assertion = alice.authenticator.assert(&options);
    browser = browser.at(&at_other);
    browser.post("/api/webauthn/login/finish", &assertion).ok();
    browser = browser.at(&at_one);
    let id = interaction_id(&browser.get(&client.authorize_path(&[]))).unwrap();
    browser = browser.at(&at_other);
    let path = format!("/api/oidc/interactions/{id}/complete");
    browser.post(&path, &json!({"step": "consent"})).ok();
    browser = browser.at(&at_one);
    let answer = browser.get(&format!("/authorize?interaction={id}"));
    let tokens = other.redeem(&client, &answer.location_param("code").unwrap()).ok().json();
    let claims = one.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();

    assert_eq!(claims["email"], "alice@example.com");
    let keys = |op: &TestOp| op.agent().get("/.well-known/jwks.json").ok().text();
    assert_eq!(keys(&one), keys(&other));
}

/// A code or token that is good for one use is accepted once when two servers get it at the same moment.
#[test]
fn of_two_servers_that_are_given_the_same_thing_one_accepts_it() {
    const ROUNDS: usize = 200;
    let one = TestOp::on_postgres();
    let other = one.replica();
    let client = one.client();
    let mut alice = one.person("alice");
    for _ in 0..ROUNDS {
        let code = alice.code(&client, &[]);
        let winners = both(&one, &other, |op| op.redeem(&client, &code).status == 200);
        assert_eq!(winners, 1, "a code");

        let tokens = one.redeem(&client, &alice.code(&client, &[])).ok().json();
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        let unused = "refresh_tokens WHERE consumed_at IS NULL";
        let before = one.count(unused);
        let winners = both(&one, &other, |op| op.refresh(&client, refresh_token).status == 200);
        assert_eq!(winners, 2, "a refresh token has one successor, which each server gives");
        assert_eq!(one.count(unused), before, "one is used, and one takes its place");

        let path = format!("/api/one-time-access-token/{}", one.one_time_code(alice.id, 600));
        let winners = both(&one, &other, |op| op.agent().post(&path, &Value::Null).status == 200);
        assert_eq!(winners, 1, "a one-time link");

        let mut browser = one.agent();
        let options = browser.get("/api/webauthn/login/start").ok().json();
        let assertion = alice.authenticator.assert(&options);
        let finish = "/api/webauthn/login/finish";
        let winners =
            both(&one, &other, |op| browser.at(&op.agent()).post(finish, &assertion).status == 200);
        assert_eq!(winners, 1, "a ceremony");
    }
}

fn both(one: &TestOp, other: &TestOp, attempt: impl Fn(&TestOp) -> bool + Sync) -> usize {
    let barrier = std::sync::Barrier::new(2);
    let attempt = |op| {
        barrier.wait();
        attempt(op)
    };
    thread::scope(|scope| {
        let first = scope.spawn(|| attempt(one));
        usize::from(attempt(other)) + usize::from(first.join().unwrap())
    })
}

#[test]
fn what_is_done_at_the_terminal_every_server_sees() {
    let one = TestOp::on_postgres();
    let other = one.replica();
    let mut alice = one.person("alice");
    let mut elsewhere = alice.agent.at(&other.agent());
    elsewhere.get("/api/users/me").ok();

    one.change_user(alice.id, |user| user.disabled = true);

    assert_eq!(alice.agent.get("/api/users/me").error(), "403 user_disabled");
    assert_eq!(elsewhere.get("/api/users/me").error(), "403 user_disabled");
}

/// Two that start at once on an empty database migrate once and agree on their keys.
#[test]
fn servers_that_start_together_make_one_schema_and_one_set_of_keys() {
    let database = new_database();
    let barrier = std::sync::Barrier::new(4);
    let keys: BTreeSet<String> = thread::scope(|scope| {
        let servers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let op = TestOp::on_database(&database);
                    op.agent().get("/.well-known/jwks.json").ok().text()
                })
            })
            .collect();
        servers.into_iter().map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(keys.len(), 1);
}

/// A request during the gap is told to come back; none is half done; afterwards all is well.
#[test]
fn a_database_that_goes_away_and_comes_back_takes_nobody_with_it() {
    let cluster = Cluster::start();
    let op = TestOp::on_database(&cluster.address("postgres"));
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let grants = op.count("grants");

    cluster.stop();
    let started = Instant::now();
    let page = alice.agent.get(&client.authorize_path(&[]));
    let api = alice.agent.get("/api/users/me");
    let token = op.redeem(&client, &format!("pocket_id_ac_{}", "A".repeat(64)));
    let health = op.agent().get("/healthz");
    for answer in [page, api, token, health] {
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{}", answer.text());
    }
    // Each gives up before its request is ended after half a minute.
    assert!(started.elapsed() < Duration::from_secs(60));

    cluster.start_again();
    wait_until(|| op.agent().get("/healthz").status == 204);
    assert_eq!(op.count("grants"), grants);
    alice.code(&client, &[]);
    cluster.stop();
}

/// The same under load: every answer is a code or a request to come back, and every code is good.
#[test]
fn under_load_an_outage_costs_nothing_that_was_acknowledged() {
    let cluster = Cluster::start();
    let op = TestOp::on_database(&cluster.address("postgres"));
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let path = client.authorize_path(&[]);
    let stop = AtomicBool::new(false);
    let issued = AtomicUsize::new(0);
    let refused = AtomicUsize::new(0);

    let codes: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let mut agent = alice.agent.clone();
                let (stop, path) = (&stop, path.as_str());
                let (issued, refused) = (&issued, &refused);
                scope.spawn(move || {
                    let mut codes = Vec::new();
                    while !stop.load(Ordering::SeqCst) {
                        let started = Instant::now();
                        let answer = agent.get(path);
                        assert!(started.elapsed() < Duration::from_secs(25), "nobody waits long");
                        match answer.status {
                            303 => {
                                codes.extend(answer.location_param("code"));
                                issued.fetch_add(1, Ordering::SeqCst);
                            }
                            503 => {
                                assert_eq!(answer.header("retry-after"), "1");
                                refused.fetch_add(1, Ordering::SeqCst);
                            }
                            other => panic!("{other} {}", answer.text()),
                        }
                    }
                    codes
                })
            })
            .collect();
        // What does not come is told by the codes, after the workers are told to stop.
        comes(|| issued.load(Ordering::SeqCst) > 20);
        cluster.stop();
        comes(|| refused.load(Ordering::SeqCst) > 0);
        cluster.start_again();
        let before = issued.load(Ordering::SeqCst);
        comes(|| issued.load(Ordering::SeqCst) > before + 20);
        stop.store(true, Ordering::SeqCst);
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });

    assert!(codes.len() > 40, "{}", codes.len());
    assert!(refused.into_inner() > 0);
    for code in codes {
        op.redeem(&client, &code).ok();
    }
    cluster.stop();
}

/// Writes that wait for the rows of others keep their connections.
#[test]
fn reads_go_on_while_many_writes_wait() {
    let op = TestOp::on_postgres();
    let client = op.client();
    let meta = format!("/api/oidc/clients/{}/meta", client.id);
    let mut other = op.postgres();
    other.batch_execute("BEGIN; LOCK TABLE client_access_tokens IN SHARE MODE").unwrap();
    thread::scope(|scope| {
        let write = || op.token(&client, &[("grant_type", "client_credentials")]);
        let writes: Vec<_> = (0..40).map(|_| scope.spawn(write)).collect();
        let waiting = "pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT%'";
        let all_wait = comes(|| op.count(waiting) >= 10);
        let read: Vec<_> = (0..20).map(|_| op.agent().get(&meta).status).collect();
        other.batch_execute("ROLLBACK").unwrap();
        assert!(all_wait);
        assert_eq!(read, [200; 20]);
        for write in writes {
            write.join().unwrap().ok();
        }
    });
}

#[test]
fn commands_work_on_postgresql_and_say_when_it_is_not_there() {
    let cli = Cli::new().with("DB_CONNECTION_STRING", &new_database());
    cli.run("user add alice --email alice@example.com").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group assign staff alice").expect_success();
    cli.run("client create App --id app --group staff").expect_success();
    let shown = cli.run("client show app -o json").json();
    assert_eq!(shown["allowedUserGroups"][0]["name"], "staff");
    cli.run("user add ALICE").expect_failure(1);
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &[
            "error: cannot encrypt secrets in PostgreSQL: ENCRYPTION_KEY is not set, and all \
             servers of a database need the same key",
            "hint: make one with: openssl rand -base64 32, and give it to every server",
        ],
    );

    let nowhere = Cli::new().with("DB_CONNECTION_STRING", "postgres://me:secret@127.0.0.1:1/db");
    nowhere.run("user list").refused(
        4,
        &[
            "error: cannot reach the database: Connection refused (os error 111)",
            "hint: check that the database server is running, and that DB_CONNECTION_STRING is \
             right",
        ],
    );
}

/// The meaning of libpq's `sslmode`, against a server that refuses connections without TLS.
#[test]
fn the_connection_is_protected_as_sslmode_says() {
    let cluster = Cluster::start_with_tls();
    let address = cluster.address("postgres").replace("127.0.0.1", "localhost");
    let open =
        |mode: &str| Store::open(&format!("{address}?sslmode={mode}").parse::<Database>().unwrap());
    wait_until(|| open("require").is_ok());
    open("prefer").unwrap();
    for refused in ["disable", "verify-full"] {
        assert!(open(refused).is_err(), "{refused}");
    }
    let error = open("verify-full").unwrap_err().to_string();
    assert!(error.contains("certificate"), "{error}");
}

/// The same tables with the same columns: only the names of the types differ. PostgreSQL has its version in a
/// table, and counts users in one.
#[test]
fn both_engines_have_the_same_schema() {
    let sqlite_folder = tempfile::tempdir().unwrap();
    let path = sqlite_folder.path().join("test.db");
    Store::open(&Database::Sqlite(path.clone())).unwrap();
    let sqlite = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\"
                 FROM pragma_table_list t, pragma_table_info(t.name) c
                WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'";
    let mut statement = sqlite.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let of_sqlite: BTreeSet<String> = rows.map(Result::unwrap).collect();

    let op = TestOp::on_postgres();
    let sql = "SELECT table_name || '.' || column_name || ' ' ||
                      CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB'
                                     ELSE upper(data_type) END || ' ' ||
                      CASE is_nullable WHEN 'YES' THEN '0' ELSE '1' END
                 FROM information_schema.columns
                WHERE table_schema = 'pocketid' AND table_name NOT IN ('schema_version', 'user_counts')";
    let of_postgres: BTreeSet<String> = op.texts(sql).into_iter().collect();

    assert!(of_sqlite.len() > 100);
    let differences: Vec<_> = of_sqlite.symmetric_difference(&of_postgres).collect();
    assert!(differences.is_empty(), "{differences:?}");
}
