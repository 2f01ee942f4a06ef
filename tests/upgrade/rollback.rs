//! The way back from an upgrade: `pocketid rollback`, and what a failed migration does by itself.

use std::fs;

use pocketid::store::schema::Schema;
use serde_json::Value;

use super::{Old, old_versions, text};
use crate::support::{cli::Cli, postgres::new_database};

/// The program's own description of its data: all entries that `export-config` writes.
fn described(cli: &Cli) -> String {
    cli.run("export-config").ok().to_owned()
}

#[test]
fn an_upgrade_from_every_old_version_is_rolled_back_and_the_newer_data_is_kept() {
    for old in old_versions() {
        let (_folder, file) = old.file();
        for database in [file, old.postgres()] {
            let key = text(&old.facts(), "encryptionKey").to_owned();
            let cli =
                Cli::new().with("DB_CONNECTION_STRING", &database).with("ENCRYPTION_KEY", &key);
            let before = described(&cli);
            cli.run("user add newcomer --email newcomer@example.com").expect_success();
            let after = described(&cli);

            let roll_back = || -> Value {
                serde_json::from_str(&cli.run("rollback --yes -o json").ok()).unwrap()
            };
            let rolled_back = roll_back();

            assert_eq!(rolled_back["fromSchemaVersion"], Schema::NEWEST);
            assert_eq!(rolled_back["schemaVersion"], old.version);
            assert_eq!(version_of(&database), old.version, "{database}");
            let kept = rolled_back["kept"].as_str().unwrap();
            let newer = if database.starts_with("postgres") {
                format!("{database}?options=-c%20search_path%3D{kept}")
            } else {
                kept.to_owned()
            };
            let newer =
                Cli::new().with("DB_CONNECTION_STRING", &newer).with("ENCRYPTION_KEY", &key);
            assert_eq!(described(&newer), after, "the newer data is kept");
            // The next upgrade migrates the restored data, and can be rolled back again.
            assert_eq!(described(&cli), before);
            let again = roll_back();
            assert_eq!(again["schemaVersion"], old.version);
            assert_ne!(again["kept"], rolled_back["kept"]);
        }
    }
}

fn version_of(database: &str) -> i64 {
    if database.starts_with("postgres") {
        let mut client = postgres::Client::connect(database, postgres::NoTls).unwrap();
        client.query_one("SELECT MAX(version) FROM schema_version", &[]).unwrap().get(0)
    } else {
        let connection = rusqlite::Connection::open(database).unwrap();
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }
}

#[test]
fn a_rollback_is_refused_without_a_copy_with_another_key_and_beside_a_server() {
    let old = Old { version: 1 };
    let facts = old.facts();
    let key = text(&facts, "encryptionKey");
    let (_folder, file) = old.file();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &file).with("ENCRYPTION_KEY", key);
    cli.run("rollback --yes").refused(
        1,
        &[
            &format!("error: there is no copy of {file} from before an upgrade"),
            "hint: if the upgrade did not change the tables, just run the old version; else restore a backup: \
             pocketid restore FILE",
        ],
    );

    cli.run("user list").expect_success();
    cli.run("rollback").refused(
        2,
        &[
            "error: this cannot be undone, and there is no terminal to ask",
            "hint: add --yes to confirm",
        ],
    );
    let other = Cli::new()
        .with("DB_CONNECTION_STRING", &file)
        .with("ENCRYPTION_KEY", "another key that is long enough");
    other.run("rollback --yes").refused(
        3,
        &[
            &format!("error: the copy {file}.before-v2 was made with another encryption key"),
            "hint: set ENCRYPTION_KEY, or the file encryption.key, to the key of that time; nothing was changed",
        ],
    );
    let serving = fs::File::create(format!("{file}.serving")).unwrap();
    serving.lock().unwrap();
    cli.run("rollback --yes").refused(
        1,
        &[
            &format!("error: cannot roll back {file}: a server is using it"),
            "hint: stop the server first; nothing was changed",
        ],
    );
    drop(serving);

    // A damaged copy changes nothing.
    fs::write(format!("{file}.before-v2"), "not a database at all").unwrap();
    cli.run("rollback --yes").expect_failure(4);
    assert_eq!(version_of(&file), Schema::NEWEST);
    fs::remove_file(&file).unwrap();
    cli.run("rollback --yes").expect_failure(4);
    assert!(!fs::exists(&file).unwrap());
}

/// Something in the database does more than the migration asks for.
#[test]
fn a_migration_on_postgresql_that_loses_somebody_is_undone() {
    let old = Old { version: 1 };
    let address = old.postgres();
    let mut owner = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    owner
        .batch_execute(
            "CREATE FUNCTION lose() RETURNS event_trigger LANGUAGE plpgsql AS
                 $$ BEGIN DELETE FROM public.users; END $$;
             CREATE EVENT TRIGGER loss ON ddl_command_end WHEN TAG IN ('ALTER TABLE')
                 EXECUTE FUNCTION lose()",
        )
        .unwrap();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);

    let refused = cli.run("user list");
    assert!(
        refused.stderr.contains("it would change the number of users from"),
        "{}",
        refused.stderr
    );

    assert_eq!(version_of(&address), 1);
    let users: i64 = owner.query_one("SELECT COUNT(*) FROM users", &[]).unwrap().get(0);
    assert!(users > 0);
}

#[test]
fn the_last_upgrade_is_rolled_back_whatever_older_copies_there_are() {
    let (folder, file) = Old { version: 1 }.file();
    let stale = folder.path().join(format!("pocketid.db.before-v{}", Schema::NEWEST));
    fs::copy(Old { version: Schema::NEWEST - 1 }.path("pocketid.db"), &stale).unwrap();
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(86_400);
    fs::File::options().write(true).open(&stale).unwrap().set_modified(long_ago).unwrap();
    let key = text(&Old { version: 1 }.facts(), "encryptionKey").to_owned();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &file).with("ENCRYPTION_KEY", &key);
    cli.run("user list").expect_success();

    cli.run("rollback --yes").expect_success();

    assert_eq!(version_of(&file), 1);
}

/// It would open the set-up to strangers.
#[test]
fn a_copy_without_users_is_not_rolled_back_to() {
    let old = Old { version: 1 };
    let (_folder, file) = old.file();
    let address = old.postgres();
    let clear = "DELETE FROM users";
    rusqlite::Connection::open(&file).unwrap().execute_batch(clear).unwrap();
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    client.batch_execute(clear).unwrap();
    for database in [file, address] {
        let cli = Cli::new().with("DB_CONNECTION_STRING", &database);
        cli.run("user add newcomer --admin").expect_success();
        let refused = cli.run("rollback --yes");
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains("has no users"), "{}", refused.stderr);
    }
}

/// With the same key and in the same database, even.
#[test]
fn a_rollback_takes_the_copy_of_its_own_installation() {
    let address = new_database();
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    let old = Old { version: 1 };
    let key = text(&old.facts(), "encryptionKey").to_owned();
    let long = "other".repeat(11);
    let [one, other] = ["one", &long].map(|schema| {
        let make = format!("CREATE SCHEMA {schema}; SET search_path = {schema}");
        client.batch_execute(&make).unwrap();
        old.fill(&mut client);
        let address = format!("{address}?search_path={schema}");
        Cli::new().with("DB_CONNECTION_STRING", &address).with("ENCRYPTION_KEY", &key)
    });
    one.run("user list").expect_success();
    other.run("user add newcomer").expect_success();

    let rolled_back = one.run("rollback --yes").ok();

    assert!(rolled_back.contains("one_rolled_back_v"), "{rolled_back}");
    assert!(other.run("user list").ok().contains("newcomer"));
    other.run("rollback --yes").expect_success();
}
