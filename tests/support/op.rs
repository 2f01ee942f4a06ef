//! A provider in this process: the real server on a real database, with a clock to be moved.

use std::{
    collections::BTreeMap,
    sync::{Arc, mpsc},
    thread,
};

use pocketid::{
    crypto::{Digest, Rng, Secret, SystemRng, rng::ALPHANUMERIC},
    model::{
        AppConfig, AssertedSubjectId, ClaimOwner, Client, ClientId, ClientSecret, ClientSecretId,
        ClientType, Clock as _, CustomClaim, Database, Group, GroupId, Image, ImageType, Theme,
        Timestamp, TrustedIssuer, User, UserId, one_time_access_token::OneTimeAccessToken,
    },
    outbound::Outbound,
    server::{App, ServerProgram, Shutdown, WaysOut, clean_up, note_expiring, remind, serve},
    settings::{Settings, Source},
    store::{
        Store, StoreError, asserted_subjects, clients, custom_claims, groups, images,
        one_time_access_tokens::{self, NewOneTimeCode},
        users,
    },
};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};

use super::{
    agent::Agent,
    cli::{Cli, Ran},
    clock::MovableClock,
    patience::PATIENCE,
    postgres,
};

/// The key that the servers of one test share.
const ENCRYPTION_KEY: &str = "a key for tests and for nothing else";

/// A new database of the engine that the tests run on, without tables; SQLite's is in this folder.
pub(crate) fn new_database(folder: &TempDir) -> Database {
    let address = if postgres::is_wanted() { postgres::new_database() } else { file_in(folder) };
    let variables = [("DB_CONNECTION_STRING", &*address)];
    Settings::read(&Source::from_pairs(&variables)).expect("valid settings").database
}

fn new_connection_string(folder: &TempDir) -> String {
    if postgres::is_wanted() { postgres::new_tables() } else { file_in(folder) }
}

fn file_in(folder: &TempDir) -> String {
    folder.path().join("pocketid.db").to_str().expect("a plain path").to_owned()
}

/// A running provider. It stops when it is dropped.
pub(crate) struct TestOp {
    app: Arc<App>,
    clock: Arc<MovableClock>,
    base_url: String,
    own_url: String,
    database: String,
    shutdown: Shutdown,
    runtime: Option<Runtime>,
    folder: TempDir,
}

/// Writes that wait until this is dropped.
pub(crate) struct HeldWrites {
    _release: mpsc::Sender<()>,
}

/// A client and the secret that only its owner knows.
#[derive(Debug, Clone)]
pub(crate) struct TestClient {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
}

impl TestOp {
    /// A provider with nobody in it, that does not count requests.
    pub(crate) fn start() -> Self {
        Self::with_settings(&[("DISABLE_RATE_LIMITING", "true")])
    }

    /// A provider on PostgreSQL, whatever the other tests run on.
    pub(crate) fn on_postgres() -> Self {
        Self::on_database(&postgres::new_tables())
    }

    /// A provider on this database.
    pub(crate) fn on_database(database: &str) -> Self {
        let no_limits = ("DISABLE_RATE_LIMITING", "true");
        Self::with_settings(&[no_limits, ("DB_CONNECTION_STRING", database)])
    }

    /// A second server of the same provider, on the same database.
    pub(crate) fn replica(&self) -> Self {
        Self::with_settings(&[
            ("DISABLE_RATE_LIMITING", "true"),
            ("DB_CONNECTION_STRING", &self.database),
            ("APP_URL", &self.base_url),
        ])
    }

    /// A provider with these variables.
    pub(crate) fn with_settings(variables: &[(&str, &str)]) -> Self {
        Self::with_outbound(variables, Outbound::default())
    }

    /// A provider with these variables and another way to other machines.
    pub(crate) fn with_outbound(variables: &[(&str, &str)], outbound: Outbound) -> Self {
        Self::build(variables, outbound, MovableClock::default())
    }

    /// A provider with these variables that believes it is another moment.
    pub(crate) fn at_moment(moment: i64, variables: &[(&str, &str)]) -> Self {
        Self::build(variables, Outbound::default(), MovableClock::at(moment))
    }

    fn build(variables: &[(&str, &str)], outbound: Outbound, clock: MovableClock) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener =
            runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port of this machine");
        let port = listener.local_addr().expect("its address").port();
        let base_url = format!("http://localhost:{port}");
        let given = variables.iter().find(|(name, _)| *name == "DB_CONNECTION_STRING");
        let database = given
            .map_or_else(|| new_connection_string(&folder), |(_, address)| (*address).to_owned());
        let mut all = BTreeMap::from([
            ("APP_URL", base_url.as_str()),
            ("DB_CONNECTION_STRING", database.as_str()),
            ("ENCRYPTION_KEY", ENCRYPTION_KEY),
        ]);
        all.extend(variables.iter().copied());
        let settings = Settings::read(&Source::from_pairs(&all.into_iter().collect::<Vec<_>>()))
            .expect("valid settings");
        let (own_url, base_url) = (base_url, settings.app_url.to_string());
        let store = Store::open(&settings.database).expect("a new database");
        let clock = Arc::new(clock);
        let rng = Arc::new(SystemRng::new());
        let program = ServerProgram::at(env!("CARGO_BIN_EXE_pocketid"));
        let ways_out = WaysOut { outbound, program };
        let app = App::start_with(settings, store, clock.clone(), rng, ways_out)
            .expect("a provider that starts");
        let shutdown = Shutdown::new();
        runtime.spawn(serve(Arc::clone(&app), listener, shutdown.clone()));
        Self { app, clock, base_url, own_url, database, shutdown, runtime: Some(runtime), folder }
    }

    /// The issuer, without a slash at its end.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The database.
    pub(crate) fn store(&self) -> &Store {
        self.app.store()
    }

    /// The folder of the database.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The provider's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the provider's clock. Rate limits refill only by this.
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
    }

    /// Lets the provider's clock move only by [`Self::advance`] from now on, for tests whose many requests must
    /// come within a short time.
    pub(crate) fn stop_clock(&self) {
        self.clock.stop();
    }

    /// Removes what has expired, as a running server does from time to time.
    pub(crate) fn clean_up(&self) -> usize {
        let runtime = self.runtime.as_ref().expect("a running server");
        runtime.block_on(clean_up(&self.app, self.now())).expect("a clean-up")
    }

    /// Mails the owners of API keys that expire soon.
    pub(crate) fn remind(&self) -> usize {
        let runtime = self.runtime.as_ref().expect("a running server");
        runtime.block_on(remind(&self.app, self.now())).expect("a clean-up")
    }

    /// Notes the secrets that expire soon, as a running server does once an hour.
    pub(crate) fn note_expiring(&self) -> usize {
        let runtime = self.runtime.as_ref().expect("a running server");
        runtime.block_on(note_expiring(&self.app, self.now())).expect("a look at secrets")
    }

    /// The application configuration that the server goes by.
    pub(crate) fn config(&self) -> Arc<AppConfig> {
        self.app.config()
    }

    /// A browser without a face, signed in nowhere.
    pub(crate) fn agent(&self) -> Agent {
        Agent::new(&self.own_url)
    }

    pub(crate) fn new_id(&self) -> uuid::Uuid {
        let rng: &dyn Rng = &SystemRng::new();
        rng.uuid_v7(self.now().as_unix_millis())
    }

    /// Makes an account with the address `NAME@example.com`.
    pub(crate) fn user(&self, name: &str) -> User {
        let user = User {
            id: UserId(self.new_id()),
            username: name.parse().expect("a user name"),
            email: Some(format!("{name}@example.com").parse().expect("an address")),
            email_verified: false,
            first_name: "".parse().expect("a name"),
            last_name: "".parse().expect("a name"),
            display_name: name.parse().expect("a name"),
            is_admin: false,
            disabled: false,
            locale: None,
            created_at: self.now(),
            updated_at: self.now(),
            ldap_id: None,
            user_type: pocketid::model::UserType::Person,
        };
        let row = user.clone();
        self.write(move |tx| users::insert(tx, &row));
        user
    }

    /// Changes an account behind the server's back, as the command line does.
    pub(crate) fn change_user(&self, id: UserId, change: impl Fn(&mut User) + Send + 'static) {
        let now = self.now();
        self.write(move |tx| {
            let mut user = users::find(tx, id)?.expect("the account");
            change(&mut user);
            users::update(tx, &user, now)
        });
    }

    /// Gives a user or a group a claim.
    pub(crate) fn set_claim(&self, owner: ClaimOwner, name: &str, value: &str) {
        let claim = CustomClaim {
            name: name.parse().expect("a name"),
            value: value.parse().expect("a value"),
        };
        self.write(move |tx| custom_claims::set(tx, owner, &claim));
    }

    /// Makes a subject of an issuer stand for a user, as the first assertion about them does. Returns its id.
    pub(crate) fn assert_subject(
        &self,
        user_id: UserId,
        issuer: serde_json::Value,
        subject: &str,
    ) -> AssertedSubjectId {
        let issuer: TrustedIssuer = serde_json::from_value(issuer).expect("an issuer");
        let (subject, now) = (subject.to_owned(), self.now());
        let id = asserted_subjects::id_of(&issuer, &subject);
        self.write(move |tx| asserted_subjects::insert(tx, &issuer, &subject, user_id, now));
        id
    }

    /// Makes a group with these members.
    pub(crate) fn group(&self, name: &str, members: &[UserId]) -> GroupId {
        let group = Group {
            id: GroupId(self.new_id()),
            name: name.parse().expect("a name"),
            friendly_name: name.parse().expect("a name"),
            created_at: self.now(),
            updated_at: self.now(),
            ldap_id: None,
        };
        let (id, members) = (group.id, members.to_vec());
        self.write(move |tx| {
            groups::insert(tx, &group)?;
            for member in &members {
                groups::insert_member(tx, group.id, *member)?;
            }
            Ok(())
        });
        id
    }

    /// Registers a confidential client, changed as the test needs it.
    pub(crate) fn client_with(
        &self,
        redirect_uri: &str,
        change: impl FnOnce(&mut Client),
    ) -> TestClient {
        let rng: &dyn Rng = &SystemRng::new();
        let secret: Secret = rng.text(ALPHANUMERIC, 32);
        let id = format!("client-{}", self.new_id());
        let client_id: ClientId = id.parse().expect("a client id");
        let name = "Web".parse().expect("a name");
        let mut client = Client::new(client_id.clone(), name, ClientType::Confidential, self.now());
        client.redirect_uris = vec![redirect_uri.parse().expect("a redirect URI")];
        change(&mut client);
        let row = ClientSecret {
            id: ClientSecretId(self.new_id()),
            prefix: secret.expose()[..4].to_owned(),
            created_at: self.now(),
            expires_at: None,
        };
        let digest = Digest::of(secret.expose());
        self.write(move |tx| {
            clients::insert(tx, &client)?;
            match client.client_type {
                ClientType::Confidential => clients::insert_secret(tx, &client_id, &row, digest),
                ClientType::Public => Ok(()),
            }
        });
        let secret = secret.expose().to_owned();
        TestClient { id, secret, redirect_uri: redirect_uri.to_owned() }
    }

    /// Registers a confidential client.
    pub(crate) fn client(&self) -> TestClient {
        self.client_with("https://app.example.com/callback", |_| {})
    }

    /// Gives a client a logo.
    pub(crate) fn set_logo(&self, client: &TestClient, content_type: &str, image: &[u8]) {
        let id: ClientId = client.id.parse().expect("a client id");
        let image_type = ImageType::parse(content_type).expect("an image type");
        let logo = Image { image_type, bytes: image.to_vec() };
        self.write(move |tx| images::set_client_logo(tx, &id, Theme::Light, &logo));
    }

    /// Lets a group use a client.
    pub(crate) fn allow_group(&self, client: &TestClient, group: GroupId) {
        let id: ClientId = client.id.parse().expect("a client id");
        self.write(move |tx| clients::insert_group(tx, &id, group));
    }

    /// Registers a client under a name; answers with its id and its secret.
    pub(crate) fn register_client(&self, name: &str, callback_url: &str) -> (String, String) {
        let client = self.client_with(callback_url, |client| {
            client.name = name.parse().expect("a client name");
        });
        (client.id, client.secret)
    }

    /// Makes a one-time code for a user.
    pub(crate) fn one_time_code(&self, user_id: UserId, seconds: i64) -> String {
        let code = OneTimeAccessToken::generate(seconds, &SystemRng::new());
        let (id, digest, created_at) = (self.new_id(), code.digest(self.app.codes()), self.now());
        let expires_at = created_at.plus(seconds);
        let row = NewOneTimeCode { id, digest, user_id, created_at, expires_at, browser: None };
        self.write(move |tx| one_time_access_tokens::insert(tx, &row));
        code.expose().to_owned()
    }

    /// Counts rows, to see that a refusal left nothing behind.
    pub(crate) fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM {table}"))
    }

    /// Asks the database behind the server's back for a number.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        if self.is_postgres() {
            self.postgres().query_one(sql, &[]).expect("a row").get(0)
        } else {
            self.sqlite().query_row(sql, [], |row| row.get(0)).expect("a number")
        }
    }

    /// Changes the database behind the server's back.
    pub(crate) fn execute(&self, sql: &str) {
        if self.is_postgres() {
            self.postgres().batch_execute(sql).expect("a statement");
        } else {
            self.sqlite().execute_batch(sql).expect("a statement");
        }
    }

    /// Whether the server's database is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.database.starts_with("postgres://")
    }

    /// Another connection to the database of a server on PostgreSQL.
    pub(crate) fn postgres(&self) -> ::postgres::Client {
        postgres::connect(&self.database)
    }

    /// Lets the writes of the server wait until the result is dropped, for as long as that may take: a lock of
    /// the file would be given up after seconds. With SQLite only, where one thread does all of them.
    pub(crate) fn hold_writes(&self) -> HeldWrites {
        let (begun, has_begun) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let app = Arc::clone(&self.app);
        thread::spawn(move || {
            app.store().write_blocking(move |_| {
                let _ = begun.send(());
                // Ends with an error when the other end is dropped.
                let _ = released.recv();
                Ok::<_, StoreError>(())
            })
        });
        has_begun.recv_timeout(PATIENCE).expect("a write");
        HeldWrites { _release: release }
    }

    fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.database).expect("the database")
    }

    /// What another program needs to work on the same database.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 2] {
        [("DB_CONNECTION_STRING", &self.database), ("ENCRYPTION_KEY", ENCRYPTION_KEY)]
    }

    /// Runs a command beside the server, whose words are separated by spaces.
    pub(crate) fn beside(&self, line: &str) -> Ran {
        self.beside_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs a command beside the server, of words that may hold spaces.
    pub(crate) fn beside_args(&self, args: &[&str]) -> Ran {
        self.cli().run_args(args)
    }

    /// The command line beside the server.
    pub(crate) fn cli(&self) -> Cli {
        let variables = self.environment().into_iter();
        variables.fold(Cli::new(), |cli, (name, value)| cli.with(name, value))
    }

    /// The kinds of the audit log's entries, in order.
    pub(crate) fn audit_kinds(&self) -> Vec<String> {
        self.texts("SELECT kind FROM audit_events ORDER BY created_at, id")
    }

    /// Asks the database behind the server's back for texts.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        if self.is_postgres() {
            let rows = self.postgres().query(sql, &[]).expect("rows");
            return rows.iter().map(|row| row.get(0)).collect();
        }
        let connection = self.sqlite();
        let mut statement = connection.prepare(sql).expect("a statement");
        let texts = statement.query_map([], |row| row.get(0)).expect("rows");
        texts.map(|text| text.expect("a text")).collect()
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut pocketid::store::Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store().write_blocking(work).expect("a write")
    }
}

impl Drop for TestOp {
    fn drop(&mut self) {
        self.shutdown.trigger();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
