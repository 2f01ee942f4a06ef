//! Data of every version of the schema that was released before this one: it is migrated on either engine,
//! and stays valid.

mod rollback;

use std::{fs, path::PathBuf};

use pocketid::{
    model::Timestamp,
    store::{
        Store, StoreError, backchannel_logouts, outbox,
        schema::{ColumnKind, Schema},
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    archive::Members,
    cli::Cli,
    op::{TestClient, TestOp},
    postgres::new_database,
    soft_authenticator::SoftAuthenticator,
};

/// The versions of which data is kept in `tests/data/`.
fn old_versions() -> impl Iterator<Item = Old> {
    (1..Schema::NEWEST).map(|version| Old { version })
}

/// Data that a program of an old version made.
struct Old {
    version: i64,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Old {
    fn path(&self, name: &str) -> PathBuf {
        root().join(format!("tests/data/schema-{}", self.version)).join(name)
    }

    /// The known facts about the data: secrets, tokens, and when they were made.
    fn facts(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("facts.json")).unwrap()).unwrap()
    }

    /// A copy of the old database in a folder of its own.
    fn file(&self) -> (TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("pocketid.db");
        fs::copy(self.path("pocketid.db"), &copy).unwrap();
        let copy = copy.to_str().unwrap().to_owned();
        (folder, copy)
    }

    /// A database on PostgreSQL that the old program made, with the rows of the old backup.
    fn postgres(&self) -> String {
        let address = new_database();
        self.fill(&mut postgres::Client::connect(&address, postgres::NoTls).unwrap());
        address
    }

    /// Makes the tables in the schema of the search path, and fills them.
    fn fill(&self, client: &mut postgres::Client) {
        client.batch_execute("CREATE TABLE schema_version (version BIGINT NOT NULL)").unwrap();
        for (version, step) in (1..=self.version).zip(steps_on_postgres()) {
            client.batch_execute(&step).unwrap();
            client
                .batch_execute(&format!("INSERT INTO schema_version VALUES ({version})"))
                .unwrap();
        }
        let members = Members::read(&self.path("backup.zip"));
        for table in Schema::at(self.version).unwrap().tables {
            for line in members.lines(&table.name) {
                let values: Vec<Value> = serde_json::from_str(&line).unwrap();
                let values = values.iter().zip(&table.columns);
                let values: Vec<_> =
                    values.map(|(value, column)| literal(value, column.kind)).collect();
                let values = values.join(", ");
                client
                    .batch_execute(&format!("INSERT INTO {} VALUES ({values})", table.name))
                    .unwrap();
            }
        }
    }
}

/// The migrations for PostgreSQL, in their order.
fn steps_on_postgres() -> Vec<String> {
    let folder = fs::read_dir(root().join("src/store/migrations/postgres")).unwrap();
    let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn text<'a>(facts: &'a Value, name: &str) -> &'a str {
    facts[name].as_str().unwrap_or_else(|| panic!("{name}"))
}

fn client(facts: &Value, name: &str) -> TestClient {
    let text = |field: &str| text(&facts[name], field).to_owned();
    TestClient { id: text("id"), secret: text("secret"), redirect_uri: text("redirectUri") }
}

/// A value of a backup, as SQL.
fn literal(value: &Value, kind: ColumnKind) -> String {
    match (value, kind) {
        (Value::Null, _) => "NULL".to_owned(),
        (Value::Number(number), _) => number.to_string(),
        (value, ColumnKind::Blob) => format!("decode('{}', 'base64')", value.as_str().unwrap()),
        (value, _) => format!("'{}'", value.as_str().unwrap().replace('\'', "''")),
    }
}

/// A server on this database, soon after the old one made it.
fn serve(facts: &Value, database: &str) -> TestOp {
    TestOp::at_moment(
        facts["madeAt"].as_i64().unwrap() + 5,
        &[
            ("DISABLE_RATE_LIMITING", "true"),
            ("APP_URL", text(facts, "appUrl")),
            ("ENCRYPTION_KEY", text(facts, "encryptionKey")),
            ("DB_CONNECTION_STRING", database),
        ],
    )
}

/// Everything that its owner still holds works.
fn everything_is_good(op: &TestOp, facts: &Value) {
    let web = client(facts, "client");
    let keys = op.agent().get("/.well-known/jwks.json").ok().json();
    assert_eq!(keys, facts["keys"]);

    // Tokens, and the secrets of both kinds.
    assert_eq!(op.userinfo(text(facts, "accessToken")).ok().json()["name"], "Älice Liddell");
    let refreshed = op.refresh(&web, text(facts, "refreshToken")).ok().json();
    assert_eq!(refreshed["scope"], "openid profile email offline_access");
    op.refresh(&web, refreshed["refresh_token"].as_str().unwrap()).ok();
    assert_eq!(op.refresh(&client(facts, "oldClient"), "none").error(), "400 invalid_grant");

    // The account with its passkey, its session and its API key.
    let mut script = op.agent().with_header("x-api-key", text(facts, "apiKey"));
    let me = script.get("/api/users/me").ok().json();
    assert_eq!((&me["id"], &me["firstName"]), (&facts["user"], &json!("Älice")));
    assert_eq!(me["customClaims"], json!([{ "key": "department", "value": "physics" }]));
    assert_eq!(me["userGroups"][0]["name"], "staff");
    let mut browser = op.agent();
    for (name, value) in facts["cookies"].as_object().unwrap() {
        // At an http:// address cookies have another name since version 2; at https they have kept theirs.
        let name = format!("pocketid_{}", name.trim_start_matches("pocketid_"));
        browser.cookies.insert(name, value.as_str().unwrap().to_owned());
    }
    let passkeys = browser.get("/api/webauthn/credentials").ok().json();
    assert_eq!(passkeys.as_array().unwrap().len(), 1);
    let mut passkey = SoftAuthenticator::imported(&facts["passkey"], text(facts, "appUrl"));
    let mut elsewhere = op.agent();
    passkey.sign_in(&mut elsewhere).ok();
    assert_eq!(elsewhere.get("/api/users/me").ok().json()["id"], facts["user"]);

    // The user is not asked again for a stored consent: the browser goes straight back to the client.
    let back = elsewhere.get(&web.authorize_path(&[]));
    assert!(back.location().starts_with(&web.redirect_uri), "{back:?}");
    op.redeem(&web, &back.location_param("code").unwrap()).ok();
    let invited = json!({
        "username": "carol", "email": "carol@example.com", "token": text(facts, "invitation"),
    });
    assert_eq!(op.agent().post("/api/signup", &invited).status, 201);

    op.beside("config get appName").expect(0, "Wonderland\n", "");
    op.beside("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
    if !facts["outward"].is_null() {
        outward_is_good(op, facts);
    }
}

/// The data that version 7 added works, too.
fn outward_is_good(op: &TestOp, facts: &Value) {
    let outward = &facts["outward"];
    let bearer = |token: &Value| {
        let token = format!("Bearer {}", token.as_str().unwrap());
        op.agent().with_header("authorization", &token)
    };
    let user = format!("/scim/v2/Users/{}", outward["scimUser"].as_str().unwrap());
    let user = bearer(&outward["scimToken"]).get(&user).ok().json();
    assert_eq!((&user["userName"], &user["externalId"]), (&json!("dora"), &json!("e-1")));

    let registered = &outward["registered"];
    let at = text(registered, "registration_client_uri").trim_start_matches(text(facts, "appUrl"));
    let read = bearer(&registered["registration_access_token"]).get(at).ok().json();
    assert_eq!(read["client_name"], "Agent");
    let another = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
    let made = bearer(&outward["registrationToken"]).post("/api/oidc/register", &another);
    assert_eq!(made.status, 201);

    let mut script = op.agent().with_header("x-api-key", text(facts, "apiKey"));
    let host = format!("/api/protected-hosts/{}", text(outward, "protectedHost"));
    let host = script.get(&host).ok().json();
    assert_eq!(host["host"], "wiki.example.com");
    assert_eq!(host["allowedUserGroups"][0]["name"], "team");
    assert_eq!(script.get("/api/webhooks").ok().json()["data"][0]["name"], "alerts");
}

/// Every row of every table that was not made anew is there.
fn rows_are_kept(op: &TestOp, old: &Old) {
    let members = Members::read(&old.path("backup.zip"));
    for table in [
        "users",
        "groups",
        "group_members",
        "user_claims",
        "group_claims",
        "clients",
        "client_redirect_uris",
        "client_secrets",
        "client_logos",
        "application_images",
        "profile_pictures",
        "client_groups",
        "apis",
        "api_permissions",
        "api_grants",
        "api_granted_permissions",
        "passkeys",
        "api_keys",
        "signup_tokens",
        "consents",
        "grants",
        "refresh_tokens",
        "signing_keys",
        "settings",
    ] {
        let kept = usize::try_from(op.count(table)).unwrap();
        assert_eq!(kept, members.lines(table).len(), "{table} of version {}", old.version);
    }
}

/// The notices of clients that had not been told yet wait in the outbox.
fn notices_are_kept(database: &str, old: &Old) {
    let store = Store::open(&database.parse().unwrap()).unwrap();
    let notices = store.read_blocking(|tx| {
        let never = Timestamp::from_unix(i64::MAX);
        let mut notices = Vec::new();
        for due in outbox::list_due_lanes(tx, never)? {
            notices.extend(outbox::list_due(tx, &due.lane, never, 100)?);
        }
        Ok::<_, StoreError>(notices)
    });
    let notices = notices.unwrap();
    let members = Members::read(&old.path("backup.zip"));
    assert_eq!(notices.len(), members.lines("backchannel_logouts").len());
    assert!(!notices.is_empty());
    for notice in notices {
        backchannel_logouts::ended_session(&notice).unwrap();
    }
}

#[test]
fn a_logout_notice_of_every_old_version_is_still_to_be_sent() {
    for old in old_versions().filter(|old| old.version < 7) {
        let (_folder, database) = old.file();
        notices_are_kept(&database, &old);
        notices_are_kept(&old.postgres(), &old);
    }
}

#[test]
fn a_file_of_every_old_version_is_migrated_and_what_was_good_stays_good() {
    for old in old_versions() {
        let (_folder, database) = old.file();
        let facts = old.facts();

        let op = serve(&facts, &database);

        rows_are_kept(&op, &old);
        everything_is_good(&op, &facts);
        assert_eq!(op.number("PRAGMA user_version"), Schema::NEWEST);
        let copy = format!("{database}.before-v{}", old.version + 1);
        let copy = rusqlite::Connection::open(copy).unwrap();
        let version: i64 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, old.version);
    }
}

#[test]
fn a_database_of_every_old_version_on_postgresql_is_migrated_and_what_was_good_stays_good() {
    for old in old_versions() {
        let (database, facts) = (old.postgres(), old.facts());

        let op = serve(&facts, &database);

        rows_are_kept(&op, &old);
        everything_is_good(&op, &facts);
    }
}

#[test]
fn a_backup_of_every_old_version_restores_into_either_engine() {
    for old in old_versions() {
        let facts = old.facts();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pocketid.db").to_str().unwrap().to_owned();
        for database in [file, new_database()] {
            let cli = Cli::new()
                .with("DB_CONNECTION_STRING", &database)
                .with("ENCRYPTION_KEY", text(&facts, "encryptionKey"));
            let backup = old.path("backup.zip").to_str().unwrap().to_owned();
            cli.run(&format!("backup verify {backup}")).expect_success();
            cli.run(&format!("restore {backup} --yes")).expect_success();

            let op = serve(&facts, &database);

            rows_are_kept(&op, &old);
            everything_is_good(&op, &facts);
        }
    }
}

#[test]
fn a_migration_that_fails_leaves_the_file_as_it_was_and_a_copy() {
    let (folder, database) = Old { version: 1 }.file();
    let old = rusqlite::Connection::open(&database).unwrap();
    // The index was made by hand before, and the migration makes it too.
    old.execute_batch("CREATE INDEX grants_by_session ON grants (session_id)").unwrap();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &database);

    for _ in 0..2 {
        cli.run("user list").refused(
            4,
            &[
                &format!(
                    "error: cannot migrate the database from schema version 1 to {}: index \
                     grants_by_session already exists",
                    Schema::NEWEST
                ),
                "hint: nothing was changed: use the previous version of pocketid, and report this",
            ],
        );
    }

    let version = |path: &str| -> i64 {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    assert_eq!(version(&database), 1);
    assert_eq!(version(&format!("{database}.before-v2")), 1);
    let names = fs::read_dir(folder.path()).unwrap();
    let copies = names
        .filter(|name| name.as_ref().unwrap().file_name().to_str().unwrap().contains(".before-v2"));
    assert_eq!(copies.count(), 1, "one copy, however often it is tried");
}

/// It would go on with tables that have changed under it.
#[test]
fn a_database_is_not_migrated_while_a_server_of_an_earlier_version_runs_on_it() {
    let old = Old { version: 1 };
    let (_folder, file) = old.file();
    let serving = fs::File::create(format!("{file}.serving")).unwrap();
    serving.lock().unwrap();
    let address = old.postgres();
    let mut server = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    server.batch_execute("SELECT pg_advisory_lock_shared(8101241145063860581)").unwrap();
    let key = text(&old.facts(), "encryptionKey").to_owned();
    let cli = |database: &str| {
        Cli::new().with("DB_CONNECTION_STRING", database).with("ENCRYPTION_KEY", &key)
    };
    let newest = Schema::NEWEST;
    for database in [&file, &address] {
        cli(database).run("user list").refused(
            1,
            &[
                &format!(
                    "error: cannot migrate the database from schema version 1 to {newest}: a server of an \
                     earlier version is using it"
                ),
                "hint: stop every server of the earlier version first, and then start this \
                 version; nothing was changed",
            ],
        );
    }
    assert!(!fs::exists(format!("{file}.before-v2")).unwrap());

    drop((serving, server));
    for database in [&file, &address] {
        cli(database).run("user list").expect_success();
    }
}

#[test]
fn a_program_on_a_newer_database_asks_to_be_upgraded_and_changes_nothing() {
    let (_folder, database) = Old { version: 1 }.file();
    let newer = rusqlite::Connection::open(&database).unwrap();
    newer.pragma_update(None, "journal_mode", "WAL").unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let before = fs::read(&database).unwrap();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &database);

    cli.run("user list").refused(
        4,
        &[
            &format!(
                "error: cannot use the database: its schema version 99 is newer than {}, the \
                 newest that this program supports",
                Schema::NEWEST
            ),
            "hint: upgrade pocketid: a newer version has used this database; nothing was changed. \
             Or go back to the data from before the upgrade, which was kept: pocketid rollback",
        ],
    );

    assert!(fs::read(&database).unwrap() == before, "it was changed");
}
