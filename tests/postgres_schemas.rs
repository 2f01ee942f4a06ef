//! One PostgreSQL database for several programs and roles: which schema has our tables, and what of others is refused.

use std::thread;

use crate::support::{cli::Cli, pgbouncer::PgBouncer, postgres::Cluster};

const KEY: &str = "an encryption key for tests";

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

/// Other roles may be allowed to create objects in the same database. Objects of theirs that have our names
/// are not ours.
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

/// An installation whose tables were given to another role stays the same installation; and foreign tables
/// with our names are no reason to begin anew, with an open set-up.
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

/// The owner of a schema can drop everything in it.
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
