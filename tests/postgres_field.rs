//! PostgreSQL as it is in the field: behind pools, under addresses of every kind, and with its failures.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use pocketid::{model::Database, store::Store};
use serde_json::json;

use crate::support::{
    cli::Cli,
    op::TestOp,
    pgbouncer::PgBouncer,
    postgres::{Cluster, new_database},
    wait_until,
};

const KEY: &str = "an encryption key for tests";

/// Goes through a sign-in and a refresh, on two servers of the same database.
fn sign_in(one: &TestOp) {
    let other = one.replica();
    let client = one.client();
    let mut alice = one.person("alice");
    for _ in 0..5 {
        let tokens = other.redeem(&client, &alice.code(&client, &[])).ok().json();
        let refreshed = one.refresh(&client, tokens["refresh_token"].as_str().expect("a token"));
        let tokens = refreshed.ok().json();
        let claims = other.userinfo(tokens["access_token"].as_str().expect("a token")).ok().json();
        assert_eq!(claims["email"], "alice@example.com");
    }
}

/// Each transaction has another connection of the database: prepared statements, settings and locks of a
/// session would be those of another server.
#[test]
fn a_pool_that_shares_connections_does_no_harm() {
    let cluster = Cluster::start();
    for (connections, mode) in [(3, "transaction"), (60, "session")] {
        let name = format!("id_{mode}");
        cluster.new_database(&name);
        let pool = PgBouncer::start(&cluster, mode, connections);
        let address = pool.address(&name);
        sign_in(&TestOp::on_database(&address));

        let cli = Cli::new().with("DB_CONNECTION_STRING", &address).with("ENCRYPTION_KEY", KEY);
        cli.run("user add bob").expect_success();
        assert_eq!(cluster.number(&name, "SELECT COUNT(*) FROM users"), 2, "{mode}");
    }
}

#[test]
fn behind_a_pool_a_long_write_gets_its_turn_among_many_short_ones() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    let pool = PgBouncer::start(&cluster, "transaction", 8);
    crate::store::write_long_among_short_ones(&TestOp::on_database(&pool.address("id")));
}

/// A server holds its lock through the pool as well: no restore replaces its data.
#[test]
fn behind_a_pool_nothing_is_restored_under_a_running_server() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    let pool = PgBouncer::start(&cluster, "transaction", 4);
    let cli =
        Cli::new().with("DB_CONNECTION_STRING", &pool.address("id")).with("ENCRYPTION_KEY", KEY);
    cli.run("user add alice").expect_success();
    cli.run("backup one.zip").expect_success();
    cli.run("user add bob").expect_success();
    let server = cli.serve();

    let refused = cli.run("restore one.zip --yes");
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("a server or another restore is using"), "{}", refused.stderr);
    server.signal("TERM");
    assert_eq!(server.wait().0, Some(0));

    cli.run("restore one.zip --yes").expect_success();
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM users"), 1);
}

#[test]
fn settings_of_the_address_hold_in_every_transaction() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    let pool = PgBouncer::start(&cluster, "transaction", 4);
    for (schema, address, query) in [
        ("a", cluster.address("id"), "?options=-c%20search_path%3Da"),
        ("b", cluster.address("id"), "?search_path=b&TimeZone=UTC&pool_max_conns=4&sslmode=prefer"),
        ("c", pool.address("id"), "?search_path=c&TimeZone=Europe/Vienna"),
        ("d", pool.address("id"), "?pgbouncer=true&connection_limit=1&search_path=d"),
    ] {
        cluster.execute("id", &format!("CREATE SCHEMA {schema}"));
        let address = format!("{address}{query}");
        let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
        cli.run("user add alice").expect_success();
        assert_eq!(cli.run("user list").ok().lines().count(), 1, "{address}");
        let count = format!("SELECT COUNT(*) FROM {schema}.users");
        assert_eq!(cluster.number("id", &count), 1, "{address}");
    }
}

#[test]
fn a_database_is_reached_by_every_form_of_its_address() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    let (port, folder) = (cluster.port(), cluster.folder().display());
    for address in [
        format!("postgres://postgres@/id?host={folder}&port={port}"),
        format!("POSTGRESQL://postgres@127.0.0.1:{port}/id"),
        format!("'postgres://postgres@127.0.0.1:{port}/id'"),
        format!("host=127.0.0.1 port={port} user=postgres dbname=id"),
        format!("host={folder} port={port} user=postgres password='a b' dbname=id sslmode=require"),
        format!("postgres://postgres@127.0.0.1:1,127.0.0.1:{port}/id"),
        format!("postgres://postgres@127.0.0.1:{port},127.0.0.1:1/id?target_session_attrs=primary"),
    ] {
        let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
        cli.run("user list").expect(0, "", "");
    }
    cluster.execute("id", "ALTER ROLE postgres SET default_transaction_read_only = on");
    let both = format!("postgres://postgres@127.0.0.1:{port},127.0.0.1:{port}/id");
    let cli = Cli::new().with("DB_CONNECTION_STRING", &both);
    let refused = cli.run("user list");
    assert_eq!(refused.code, Some(4), "no server of these can be written to");
}

/// The same certificate may vouch for itself, and for its names.
#[test]
fn a_certificate_is_verified_as_far_as_sslmode_says() {
    let cluster = Cluster::start_with_tls();
    let file = cluster.folder().join("data/server.crt");
    let roots = format!("sslrootcert={}", file.display());
    let open = |host: &str, query: &str| {
        let address = cluster.address("postgres").replace("127.0.0.1", host);
        let database: Database = format!("{address}?{query}").parse().unwrap();
        Store::open(&database).map(drop).map_err(|error| error.to_string())
    };
    wait_until(|| open("localhost", "sslmode=require").is_ok());
    open("127.0.0.1", &format!("sslmode=verify-ca&{roots}")).unwrap();
    open("localhost", &format!("sslmode=verify-full&{roots}")).unwrap();
    let error = open("127.0.0.1", &format!("sslmode=verify-full&{roots}")).unwrap_err();
    assert!(error.contains("certificate not valid for name"), "{error}");
    let error = open("localhost", "sslmode=verify-ca").unwrap_err();
    assert!(error.contains("certificate"), "{error}");
    let error = open("localhost", "sslmode=verify-ca&sslrootcert=/nonexistent.pem").unwrap_err();
    assert!(error.contains("sslrootcert /nonexistent.pem: "), "{error}");
}

#[test]
fn what_postgresql_refuses_is_told_with_what_to_do() {
    let cluster = Cluster::start_with_rules(
        "host all me 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n",
    );
    cluster.new_database("id");
    cluster.execute("id", "CREATE ROLE me LOGIN PASSWORD 'xyzzy42'");
    let run = |address: &str| {
        let address = format!("postgres://{address}")
            .replace("HOST", &format!("127.0.0.1:{}", cluster.port()));
        let ran = Cli::new().with("DB_CONNECTION_STRING", &address).run("user add alice");
        assert_eq!(ran.code, Some(4), "{address}: {}", ran.stderr);
        for secret in ["hunter2", "xyzzy42", "backup"] {
            assert!(!ran.stderr.contains(secret), "{address}: {}", ran.stderr);
        }
        ran.stderr
    };
    for (address, error, hint) in [
        (
            "me:hunter2@HOST/id",
            "sign in to the database: password authentication failed",
            "username and the password",
        ),
        (
            "postgres@HOST/nowhere",
            "use the database: database \"nowhere\" does not exist",
            "createdb",
        ),
        (
            "me:xyzzy42@HOST/id",
            "use the database: this role may create tables in none of the schemas of the search path",
            "GRANT USAGE, CREATE",
        ),
        (
            "postgres@HOST/id?search_path=nope",
            "create tables: this role may create tables in none of the schemas of the search path",
            "CREATE SCHEMA",
        ),
        (
            "postgres@HOST/id?sslmod=require",
            "unrecognized configuration parameter \"sslmod\"",
            "correct that parameter",
        ),
    ] {
        let told = run(address);
        assert!(told.contains(&format!("error: cannot {error}")) || told.contains(error), "{told}");
        assert!(told.contains(hint), "{told}");
    }
    cluster.execute("id", "GRANT ALL ON SCHEMA public TO me; ALTER ROLE me CONNECTION LIMIT 1");
    let address = format!("postgres://me:xyzzy42@127.0.0.1:{}/id", cluster.port());
    let one = Cli::new().with("DB_CONNECTION_STRING", &address);
    one.run("user add alice").expect_success();
    cluster.execute("id", "ALTER ROLE me CONNECTION LIMIT 0");
    let told = run("me:xyzzy42@HOST/id");
    assert!(told.contains("error: cannot use the database: too many connections"), "{told}");
    assert!(told.contains("max_connections"), "{told}");
}

/// Answers a connection as a server does that is starting.
#[test]
fn a_server_that_is_starting_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut rest).unwrap();
        let fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";
        let length = u32::try_from(fields.len() + 4).unwrap();
        stream.write_all(&[b"E", &length.to_be_bytes()[..], fields].concat()).unwrap();
    });
    let address = format!("postgres://me:hunter2@127.0.0.1:{port}/id?sslmode=disable");
    Cli::new().with("DB_CONNECTION_STRING", &address).run("user list").refused(
        4,
        &["error: cannot use the database: its server is starting", "hint: try again in a moment"],
    );
}

#[test]
fn a_database_without_room_or_connections_is_an_outage() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    cluster.execute(
        "id",
        "CREATE ROLE me LOGIN; ALTER DATABASE id OWNER TO me; GRANT ALL ON SCHEMA public TO me",
    );
    let op = TestOp::on_database(&cluster.address("id").replace("postgres@", "me@"));
    let write = || op.agent().get("/api/webauthn/login/start").status;
    let health = || op.agent().get("/healthz").status;
    assert_eq!((write(), health()), (200, 204));

    cluster.execute(
        "id",
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON ceremonies EXECUTE FUNCTION full_disk();
         CREATE TRIGGER full_disk BEFORE INSERT ON meta EXECUTE FUNCTION full_disk()",
    );
    assert_eq!((write(), health()), (503, 503));
    cluster.execute("id", "DROP TRIGGER full_disk ON ceremonies; DROP TRIGGER full_disk ON meta");
    wait_until(|| health() == 204);
    assert_eq!(write(), 200);

    cluster.execute(
        "id",
        "ALTER ROLE me CONNECTION LIMIT 0;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'me'",
    );
    assert_eq!((write(), health()), (503, 503));
    let answer =
        op.agent().post("/api/signup/setup", &json!({"username": "alice", "email": "a@b.example"}));
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
}

/// A test database may be behind a pool; a direct connection stays as fast as it was.
#[test]
fn a_connection_without_a_pool_prepares_its_statements() {
    let database: Database = new_database().parse().unwrap();
    let store = Store::open(&database).unwrap();
    let count = |store: &Store| {
        store
            .read_blocking(|tx| {
                tx.query_opt("SELECT COUNT(*) FROM pg_prepared_statements", &[], |row| {
                    row.get::<i64>(0)
                })
            })
            .unwrap()
            .unwrap()
    };
    count(&store);
    assert!(count(&store) > 0);
}

/// An acknowledged write must be on disk, unless the address says otherwise.
#[test]
fn a_role_or_database_does_not_make_commits_less_than_durable() {
    let address = new_database();
    let name = address.rsplit('/').next().unwrap().split('?').next().unwrap();
    let mut client = crate::support::postgres::connect(&address);
    let has = |query: &str| {
        let joint = if address.contains('?') { '&' } else { '?' };
        let database: Database = format!("{address}{joint}{query}").parse().unwrap();
        let store = Store::open(&database).unwrap();
        let sql = "SELECT current_setting('synchronous_commit')";
        store
            .read_blocking(|tx| tx.query_opt(sql, &[], |row| row.get::<String>(0)))
            .unwrap()
            .unwrap()
    };
    for (theirs, ours) in [("off", "on"), ("remote_apply", "remote_apply"), ("local", "local")] {
        let sql = format!("ALTER DATABASE {name} SET synchronous_commit = {theirs}");
        client.batch_execute(&sql).unwrap();
        assert_eq!(has("application_name=x"), ours, "{theirs}");
        assert_eq!(has("pgbouncer=true"), ours, "{theirs}, in a transaction of a pool");
    }
    assert_eq!(has("synchronous_commit=off"), "off");
}
