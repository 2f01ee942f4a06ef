//! PostgreSQL as it is in the field: behind pools, under addresses of every kind, and with what goes wrong.

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

/// Each transaction has another connection of the database: prepared statements, settings and locks of a session
/// would be somebody else's.
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

/// A server holds its lock through the pool as well: nobody puts other data under it.
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
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while open("localhost", "sslmode=require").is_err() {
        assert!(std::time::Instant::now() < deadline);
        thread::sleep(std::time::Duration::from_millis(50));
    }
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

/// Answers whoever connects as a server does that is starting.
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
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while health() != 204 {
        assert!(std::time::Instant::now() < deadline, "it does not recover");
        thread::sleep(std::time::Duration::from_millis(50));
    }
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

/// A pool may be in front of a database that tests start with: what is direct stays as fast as it was.
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

/// What was acknowledged must be on disk. Whoever wants it otherwise says so in the address.
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

/// As Pocket ID's are, which uses the same names.
const TABLES_OF_OTHERS: &str = "
    CREATE TABLE users (id TEXT); INSERT INTO users VALUES ('theirs');
    CREATE TABLE schema_migrations (version BIGINT, dirty BOOLEAN);
    CREATE TABLE oidc_clients (id TEXT)";

#[test]
fn our_tables_are_in_a_schema_of_their_own_beside_those_of_others() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    cluster.execute("id", &format!("SET search_path = public; {TABLES_OF_OTHERS}"));
    let pool = PgBouncer::start(&cluster, "transaction", 4);
    let cli = Cli::new().with("DB_CONNECTION_STRING", &cluster.address("id"));
    let server = cli.with("ENCRYPTION_KEY", KEY).with("POCKETID_IMPORT", "off").serve();
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(
        log.contains("there is no administrator yet: /setup asks for the set-up code"),
        "{log}"
    );
    for (address, name) in [(cluster.address("id"), "alice"), (pool.address("id"), "bob")] {
        let cli = Cli::new()
            .with("DB_CONNECTION_STRING", &address)
            .with("ENCRYPTION_KEY", KEY)
            .with("POCKETID_IMPORT", "off");
        cli.run(&format!("user add {name}")).expect_success();
        cli.run(&format!("backup {name}.zip")).expect_success();
        cli.run(&format!("restore {name}.zip --yes")).expect_success();
    }
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM pocketid.users"), 2);
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM public.users"), 1);
}

#[test]
fn two_programs_that_start_at_once_make_the_schema_once() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    let address = cluster.address("id");
    let ran = thread::scope(|scope| {
        let starts = [0; 4].map(|_| {
            scope.spawn(|| Cli::new().with("DB_CONNECTION_STRING", &address).run("user list"))
        });
        starts.map(|start| start.join().unwrap())
    });
    ran.into_iter().for_each(|ran| ran.expect(0, "", ""));
}

/// Nor do they move, as another program may know them by their names.
#[test]
fn whoever_may_not_make_a_schema_gets_the_tables_in_the_one_that_is_there() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    cluster.execute("id", "CREATE ROLE me LOGIN; GRANT ALL ON SCHEMA public TO me");
    let address = cluster.address("id").replace("postgres@", "me@");
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
    cli.run("user add alice").expect_success();
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM public.users"), 1);

    cluster.execute("id", "GRANT ALL ON DATABASE id TO me");
    cli.run("user add bob").expect_success();
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM public.users"), 2);

    cluster.new_database("shared");
    cluster.execute("shared", &format!("SET search_path = public; {TABLES_OF_OTHERS}"));
    cluster.execute("shared", "GRANT ALL ON SCHEMA public TO me");
    let address = cluster.address("shared").replace("postgres@", "me@");
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address).with("POCKETID_IMPORT", "off");
    let refused = cli.run("user list");
    assert_eq!(refused.code, Some(4));
    assert!(refused.stderr.contains("permission denied"), "{}", refused.stderr);
}

/// Other roles may be allowed to make things in the same database. What they named as ours is not ours.
#[test]
fn what_another_role_made_under_our_names_is_not_taken_for_ours() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    cluster.execute(
        "id",
        "CREATE ROLE me LOGIN; CREATE ROLE stranger LOGIN;
         GRANT ALL ON SCHEMA public TO me; GRANT CREATE ON DATABASE id TO stranger",
    );
    let of = |role: &str| cluster.address("id").replace("postgres@", &format!("{role}@"));
    let cli = Cli::new().with("DB_CONNECTION_STRING", &of("me")).with("ENCRYPTION_KEY", KEY);
    cli.run("user add alice --admin").expect_success();
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM public.users"), 1);

    let mut stranger = postgres::Client::connect(&of("stranger"), postgres::NoTls).unwrap();
    stranger
        .batch_execute(
            "CREATE SCHEMA pocketid; CREATE TABLE pocketid.schema_version (version BIGINT);
             GRANT ALL ON SCHEMA pocketid TO me; GRANT ALL ON pocketid.schema_version TO me",
        )
        .unwrap();
    stranger.batch_execute("CREATE SCHEMA me; GRANT ALL ON SCHEMA me TO me").unwrap();
    assert!(cli.run("user list").ok().starts_with("alice"), "ours stay where they are");
    cli.run("user add bob").expect_success();
    assert_eq!(cluster.number("id", "SELECT COUNT(*) FROM public.users"), 2);

    cluster.new_database("new");
    cluster.execute("new", "GRANT ALL ON SCHEMA public TO me, stranger");
    let of = |role: &str| cluster.address("new").replace("postgres@", &format!("{role}@"));
    let mut stranger = postgres::Client::connect(&of("stranger"), postgres::NoTls).unwrap();
    stranger
        .batch_execute(&format!(
            "SET search_path = public; {TABLES_OF_OTHERS}; ALTER TABLE users RENAME TO others;
             INSERT INTO schema_migrations VALUES (20260814120000, false);
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO me"
        ))
        .unwrap();
    cluster.execute("new", "GRANT CREATE ON DATABASE new TO me");
    let cli = Cli::new().with("DB_CONNECTION_STRING", &of("me")).with("ENCRYPTION_KEY", KEY);
    let refused = cli.run("serve --listen 127.0.0.1:0");
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    for told in [
        "the table oidc_clients of a Pocket ID belongs to another role",
        "hint: connect as the role that Pocket ID connected as",
        "set POCKETID_IMPORT=off",
    ] {
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
    }
}

/// A database of ours in its own schema, in which another role may make schemas and tables.
struct Shared {
    cluster: Cluster,
}

impl Shared {
    fn with(grants: &str) -> Self {
        let cluster = Cluster::start();
        cluster.new_database("id");
        cluster.execute(
            "id",
            &format!(
                "CREATE ROLE me LOGIN; CREATE ROLE stranger LOGIN;
                 GRANT CREATE ON DATABASE id TO me, stranger;
                 GRANT ALL ON SCHEMA public TO me, stranger; {grants}"
            ),
        );
        Self { cluster }
    }

    fn address(&self, role: &str) -> String {
        self.cluster.address("id").replace("postgres@", &format!("{role}@"))
    }

    fn cli(&self) -> Cli {
        self.cli_at(&self.address("me"))
    }

    fn cli_at(&self, address: &str) -> Cli {
        Cli::new().with("DB_CONNECTION_STRING", address).with("ENCRYPTION_KEY", KEY)
    }

    fn stranger(&self, sql: &str) {
        let mut client = postgres::Client::connect(&self.address("stranger"), postgres::NoTls)
            .expect("the database");
        client.batch_execute(sql).expect("a statement");
    }
}

/// Functions and operators that fit better than PostgreSQL's own, in a schema that comes first in the usual
/// search path.
#[test]
fn what_another_role_made_is_never_run() {
    let shared = Shared::with("");
    let cli = shared.cli();
    cli.run("user add alice").expect_success();
    let mut traps = "CREATE SCHEMA me; GRANT ALL ON SCHEMA me TO PUBLIC; CREATE TABLE me.schema_version (); \
                     CREATE FUNCTION me.current_schemas(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; "
        .to_owned();
    for schema in ["me", "public"] {
        for (operator, left, right) in [
            ("=", "oid", "regclass"),
            ("=", "name", "varchar"),
            ("=", "bigint", "numeric"),
            ("||", "text", "regclass"),
            ("||", "text", "name"),
            ("<>", "name", "varchar"),
        ] {
            let name = format!("{schema}.\"trap {left} {right}\"");
            traps += &format!(
                "CREATE OR REPLACE FUNCTION {name}({left}, {right}) RETURNS boolean LANGUAGE plpgsql AS
                     $$ BEGIN RAISE EXCEPTION 'it ran'; END $$;
                 CREATE OPERATOR {schema}.{operator} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = {name});"
            );
        }
    }
    shared.stranger(&traps);

    assert!(cli.run("user list").ok().starts_with("alice"));
    cli.run("backup it.zip").expect_success();
    cli.run("restore it.zip --yes").expect_success();
    let examined = cli.run("doctor -o json");
    assert!(!examined.stdout.contains("it ran"), "{}", examined.stdout);
    assert!(cli.run("user list").ok().starts_with("alice"));
}

/// Whatever else there is, and however it came there.
#[test]
fn our_own_schema_comes_before_all_others() {
    let shared = Shared::with("CREATE ROLE team; GRANT team TO me, stranger");
    shared.cli().run("user add alice").expect_success();

    let elsewhere = shared.cli_at(&format!("{}?search_path=public", shared.address("me")));
    elsewhere.run("user add bob").expect_success();
    assert!(shared.cli().run("user list").ok().starts_with("alice"), "not those of a mistake");
    assert!(elsewhere.run("user list").ok().starts_with("bob"), "who names a schema gets it");

    shared.stranger("CREATE SCHEMA me AUTHORIZATION team; GRANT ALL ON SCHEMA me TO PUBLIC");
    let trap = format!("{}?search_path=me", shared.address("stranger"));
    shared.cli_at(&trap).run("user add mallory --admin").expect_success();
    assert!(shared.cli().run("user list").ok().starts_with("alice"), "not those of a stranger");
}

#[test]
fn a_schema_that_another_role_made_under_our_name_is_refused() {
    let shared = Shared::with("");
    shared.stranger("CREATE SCHEMA pocketid; GRANT ALL ON SCHEMA pocketid TO PUBLIC");
    let refused = shared.cli().run("user list");
    assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    assert!(refused.stderr.contains("the schema pocketid belongs to another role"));

    // Nor are its tables believed where the schema is not looked for, as when it has just come.
    let trap = format!("{}?search_path=pocketid", shared.address("stranger"));
    shared.cli_at(&trap).run("user add mallory --admin").expect_success();
    shared.stranger("GRANT ALL ON ALL TABLES IN SCHEMA pocketid TO PUBLIC");
    let named = shared.cli_at(&format!("{}?search_path=pocketid", shared.address("me")));
    for command in ["user list", "doctor"] {
        let refused = named.run(command);
        assert_ne!(refused.code, Some(0), "{command}: {}", refused.stdout);
        assert!(!refused.stdout.contains("mallory"));
    }
}

#[test]
fn an_installation_in_another_schema_is_found_behind_what_a_stranger_made_before_it() {
    let shared = Shared::with("");
    let legacy = shared.cli_at(&format!("{}?search_path=public", shared.address("me")));
    legacy.run("user add alice").expect_success();
    let refused = shared.cli().run("user list");
    assert!(
        refused
            .stderr
            .contains("other roles have functions in the schema public, or may make some"),
        "{}",
        refused.stderr
    );
    assert!(legacy.run("user list").ok().starts_with("alice"), "who names it vouches for them");

    shared.stranger(
        "CREATE FUNCTION public.count(int) RETURNS bigint LANGUAGE sql AS 'SELECT 7::bigint'",
    );
    shared.cluster.execute("id", "REVOKE CREATE ON SCHEMA public FROM stranger");
    let refused = shared.cli().run("user list");
    assert!(refused.stderr.contains("other roles have functions"), "{}", refused.stderr);
    shared.cluster.execute(
        "id",
        "DROP FUNCTION public.count(int); CREATE ROLE devs; GRANT CREATE ON SCHEMA public TO devs;
         CREATE ROLE dev LOGIN NOINHERIT IN ROLE devs",
    );
    let refused = shared.cli().run("user list");
    assert!(refused.stderr.contains("or may make some"), "{}", refused.stderr);
    shared.cluster.execute("id", "REVOKE CREATE ON SCHEMA public FROM devs");
    shared.stranger(
        "CREATE SCHEMA me; GRANT ALL ON SCHEMA me TO PUBLIC; CREATE TABLE me.schema_version ()",
    );

    assert!(shared.cli().run("user list").ok().starts_with("alice"));
}

/// Whoever gives the tables to another role has the same installation; and tables of our names that are
/// not ours are no reason to begin anew, with an open set-up.
#[test]
fn tables_of_our_names_are_never_passed_over_for_a_new_installation() {
    let cluster = Cluster::start();
    cluster.new_database("id");
    cluster.execute(
        "id",
        "CREATE ROLE team; CREATE ROLE me LOGIN IN ROLE team; CREATE ROLE later LOGIN IN ROLE team;
         CREATE ROLE other LOGIN; GRANT ALL ON DATABASE id TO me",
    );
    let of = |role: &str| {
        let address = cluster.address("id").replace("postgres@", &format!("{role}@"));
        Cli::new().with("DB_CONNECTION_STRING", &address).with("ENCRYPTION_KEY", KEY)
    };
    of("me").run("user add alice").expect_success();
    cluster.execute("id", "REASSIGN OWNED BY me TO team; GRANT ALL ON SCHEMA public TO other");
    assert!(of("later").run("user list").ok().starts_with("alice"));

    let refused = of("other").run("user list");
    assert_eq!(refused.code, Some(4));
    assert!(refused.stderr.contains("belongs to another role"), "{}", refused.stderr);
    assert!(refused.stderr.contains("REASSIGN OWNED BY"), "{}", refused.stderr);
    assert_eq!(
        cluster.number("id", "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"),
        0
    );
}

/// With an empty database in their place, the set-up would be open.
#[test]
fn tables_that_this_role_may_not_use_any_more_are_told() {
    let shared = Shared::with("");
    let legacy = shared.cli_at(&format!("{}?search_path=public", shared.address("me")));
    legacy.run("user add alice").expect_success();

    shared.cluster.execute("id", "REVOKE ALL ON SCHEMA public FROM PUBLIC, me");

    let refused = shared.cli().run("user list");
    assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("in the schema public, which this role may not use"),
        "{}",
        refused.stderr
    );

    shared.cluster.new_database("old");
    shared.cluster.execute("old", &format!("SET search_path = public; {TABLES_OF_OTHERS}"));
    shared.cluster.execute(
        "old",
        "GRANT CREATE ON DATABASE old TO me; REVOKE ALL ON SCHEMA public FROM PUBLIC",
    );
    let address = shared.cluster.address("old").replace("postgres@", "me@");
    let refused = shared.cli_at(&address).run("serve --listen 127.0.0.1:0");
    assert_ne!(refused.code, Some(0), "{}", refused.stderr);
    assert!(refused.stderr.contains("which this role may not use"), "{}", refused.stderr);
}

#[test]
fn a_running_server_does_not_follow_the_search_path_to_what_comes_later() {
    let shared = Shared::with(
        "CREATE SCHEMA app AUTHORIZATION me; ALTER ROLE me SET search_path = \"$user\", app",
    );
    let server = shared.cli().serve();
    shared.cli().run("user add alice --admin").expect_success();
    let before = server.status("GET /setup");

    shared.stranger("CREATE SCHEMA me; GRANT USAGE ON SCHEMA me TO PUBLIC");
    let trap = format!("{}?search_path=me", shared.address("stranger"));
    shared.cli_at(&trap).run("user list").expect_success();
    shared.stranger("GRANT ALL ON ALL TABLES IN SCHEMA me TO PUBLIC");

    assert_eq!(server.status("GET /setup"), before, "no new installation");
    assert!(shared.cli().run("user list").ok().starts_with("alice"));
}

#[test]
fn new_tables_are_made_in_no_schema_that_others_own_or_add_to() {
    let shared = Shared::with(
        "CREATE SCHEMA app AUTHORIZATION me; ALTER ROLE me SET search_path = \"$user\", app",
    );
    shared.stranger("CREATE SCHEMA me; GRANT ALL ON SCHEMA me TO PUBLIC");
    shared.cli().run("user add alice").expect_success();
    assert_eq!(shared.cluster.number("id", "SELECT COUNT(*) FROM app.users"), 1);

    let shared = Shared::with("CREATE SCHEMA pocketid; GRANT ALL ON SCHEMA pocketid TO PUBLIC");
    let refused = shared.cli().run("user list");
    assert!(refused.stderr.contains("the schema pocketid, or may make some"), "{}", refused.stderr);
}

/// Whoever owns a schema can drop what is in it.
#[test]
fn a_search_path_with_several_names_vouches_for_none_of_them() {
    let shared = Shared::with("CREATE SCHEMA own AUTHORIZATION me");
    shared.stranger("CREATE SCHEMA me; GRANT ALL ON SCHEMA me TO PUBLIC");
    let address = format!("{}?search_path=%22$user%22,own", shared.address("me"));
    shared.cli_at(&address).run("user add alice").expect_success();
    assert_eq!(shared.cluster.number("id", "SELECT COUNT(*) FROM own.users"), 1);
}

/// By a wrong address, such as one with another search path.
#[test]
fn a_second_installation_in_one_database_asks_for_the_set_up_code() {
    let shared = Shared::with("");
    shared.cli().run("user add alice --admin").expect_success();
    let server = shared.cli_at(&format!("{}?SEARCH_PATH=public", shared.address("me"))).serve();
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("/setup asks for the set-up code"), "{log}");
    assert_eq!(shared.cluster.number("id", "SELECT COUNT(*) FROM public.users"), 0);
}
