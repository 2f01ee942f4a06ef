//! The server under measurement: the release binary, on a core of its own.

use std::{
    io::Read as _,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use pocketid::{
    crypto::{BearerToken, Digest, Rng, SystemRng},
    model::{
        Amr, Client, ClientSecret, ClientSecretId, ClientType, Clock, Group, GroupId,
        IdentityHeaders, OpenPaths, ProtectedHost, ProtectedHostId, Session, SessionId,
        SystemClock, Timestamp, User, UserId,
    },
    settings::{Settings, Source},
    store::{
        Store, StoreError, clients, groups,
        host_sessions::{self, NewHostSession},
        protected_hosts, sessions, users,
    },
};
use tempfile::TempDir;

use crate::{
    load::{Answer, Call, run},
    pinned,
};

const REDIRECT_URI: &str = "https://app.example.com/callback";
const SECRET: &str = "a-secret-of-the-benchmark-client";
/// A host behind forward auth, for members of a group.
const PROTECTED: &str = "wiki.example.com";
/// The core of the server; everything else runs on the other one.
const CORE: u8 = 0;

/// Where servers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On a core of their own, with this program on the other one.
    OwnCore,
    /// Wherever there is room.
    Anywhere,
}

/// Running servers on one database with one user, one session and one client.
pub(crate) struct Provider {
    folder: TempDir,
    database: String,
    children: Vec<Child>,
    servers: Vec<SocketAddr>,
    cookie: String,
    start_time: Duration,
}

impl Provider {
    /// One server on an SQLite file, on a core of its own.
    pub(crate) fn start() -> Self {
        Self::start_on_grown(|_| {})
    }

    /// The same, once the database was filled with more.
    pub(crate) fn start_on_grown(fill: impl FnOnce(&Store)) -> Self {
        let provider = Self::on_filled(None, (1, Place::OwnCore), fill);
        // This program leaves the server's core to it.
        let own = std::process::id().to_string();
        Command::new("taskset").args(["-p", "-c", "1", &own]).output().unwrap();
        provider
    }

    /// Servers on a database, which is an SQLite file if none is given. The first is started twice:
    /// the second time its database and its keys are there.
    pub(crate) fn on(database: Option<String>, count: usize, place: Place) -> Self {
        Self::on_filled(database, (count, place), |_| {})
    }

    /// The same, once the database was filled with more.
    pub(crate) fn on_filled(
        database: Option<String>,
        (count, place): (usize, Place),
        fill: impl FnOnce(&Store),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pocketid.db");
        let database = database.unwrap_or_else(|| file.to_str().unwrap().to_owned());
        let cookie = seed(&database, fill);
        let servers: Vec<_> = (0..count)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
            .collect();
        let mut provider = Self {
            folder,
            database,
            children: Vec::new(),
            servers,
            cookie,
            start_time: Duration::ZERO,
        };
        let (mut first, _) = provider.spawn(provider.servers[0], place);
        first.kill().unwrap();
        first.wait().unwrap();
        for address in provider.servers.clone() {
            let (child, start_time) = provider.spawn(address, place);
            provider.children.push(child);
            provider.start_time = start_time;
        }
        provider
    }

    /// Starts a server, and says how long it took to its first answer.
    fn spawn(&self, address: SocketAddr, place: Place) -> (Child, Duration) {
        let program = Path::new(env!("CARGO_BIN_EXE_pocketid"));
        let mut command = match place {
            Place::OwnCore => pinned(CORE, program),
            Place::Anywhere => Command::new(program),
        };
        self.environment(&mut command);
        command.args(["serve", "--listen", &address.to_string()]).stderr(Stdio::null());
        let started = Instant::now();
        let child = command.spawn().unwrap();
        while !answers(address) {
            assert!(started.elapsed() < Duration::from_secs(10), "the server does not start");
            std::thread::sleep(Duration::from_micros(200));
        }
        (child, started.elapsed())
    }

    fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("APP_URL", format!("http://localhost:{}", self.servers[0].port()))
            .env("DB_CONNECTION_STRING", &self.database)
            .env("ENCRYPTION_KEY", "the-encryption-key-of-the-benchmark")
            .env("DISABLE_RATE_LIMITING", "true")
            .env("LOG_LEVEL", "warn")
            .current_dir(self.folder.path())
    }

    pub(crate) fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.servers[0]
    }

    pub(crate) fn start_time(&self) -> String {
        format!("{:.1} ms", self.start_time.as_secs_f64() * 1_000.0)
    }

    /// What the kernel says is in memory.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.children[0].id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib * 1024
    }

    /// This benchmark's program on the server's core; what it prints.
    pub(crate) fn on_its_core(&self, arguments: &[&str]) -> String {
        let program = std::env::current_exe().unwrap();
        let output = pinned(CORE, &program).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// A command on the same database.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pocketid"));
        self.environment(&mut command).args(arguments);
        command
    }

    pub(crate) fn authorize(&self) -> Call {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", "bench-client")
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("scope", "openid profile email")
            .append_pair("state", "state-of-the-client")
            .append_pair("nonce", "nonce-of-the-client")
            .finish();
        self.in_browser(&format!("/authorize?{query}"))
    }

    /// A request of the signed-in administrator.
    pub(crate) fn in_browser(&self, path: &str) -> Call {
        let headers = vec![("cookie", format!("pocketid_access_token={}", self.cookie))];
        Call { headers, ..Call::get(path) }
    }

    pub(crate) fn redeem(&self, authorized: &Answer) -> Call {
        let (_, query) = authorized.location.split_once('?').expect("a code");
        let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &code.expect("a code").1)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("client_id", "bench-client")
            .append_pair("client_secret", SECRET)
            .finish();
        post_form("/api/oidc/token", body)
    }

    /// Takes the refresh token of an answer of the token endpoint.
    pub(crate) fn refresh(&self, redeemed: &Answer) -> Call {
        let tokens: serde_json::Value = serde_json::from_slice(&redeemed.body).unwrap();
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", tokens["refresh_token"].as_str().unwrap())
            .append_pair("client_id", "bench-client")
            .append_pair("client_secret", SECRET)
            .finish();
        post_form("/api/oidc/token", body)
    }

    pub(crate) fn introspect(&self, access_token: &str) -> Call {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", access_token)
            .append_pair("client_id", "bench-client")
            .append_pair("client_secret", SECRET)
            .finish();
        post_form("/api/oidc/introspect", body)
    }

    pub(crate) fn userinfo(&self, access_token: &str) -> Call {
        let headers = vec![("authorization", format!("Bearer {access_token}"))];
        Call { headers, ..Call::get("/api/oidc/userinfo") }
    }

    /// What a proxy asks about a request of somebody who is signed in at its host. The cookie there is the same.
    pub(crate) fn forward_auth(&self) -> Call {
        let headers = vec![
            ("cookie", format!("pocketid_host_session={}", self.cookie)),
            ("x-forwarded-host", PROTECTED.to_owned()),
            ("x-forwarded-method", "GET".to_owned()),
            ("x-forwarded-proto", "http".to_owned()),
            ("x-forwarded-uri", "/page?x=1".to_owned()),
        ];
        Call { headers, ..Call::get(&format!("/api/forward-auth?host={PROTECTED}")) }
    }

    pub(crate) fn access_token(&self) -> String {
        let (_, authorized) = run(&self.servers[..1], 1, vec![self.authorize()]);
        let (_, redeemed) = run(&self.servers[..1], 1, vec![self.redeem(&authorized[0])]);
        let tokens: serde_json::Value = serde_json::from_slice(&redeemed[0].body).unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }
}

fn post_form(path: &str, body: String) -> Call {
    let media_type = "application/x-www-form-urlencoded".to_owned();
    Call {
        method: "POST",
        path: path.to_owned(),
        headers: vec![("content-type", media_type)],
        body: body.into(),
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        for child in &mut self.children {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

fn answers(address: SocketAddr) -> bool {
    use std::io::Write as _;
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request =
        b"GET /.well-known/openid-configuration HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

fn administrator(id: UserId, now: Timestamp) -> User {
    User {
        ldap_id: None,
        user_type: pocketid::model::UserType::Person,
        id,
        username: "bench".parse().unwrap(),
        email: Some("bench@example.com".parse().unwrap()),
        email_verified: true,
        first_name: "Bench".parse().unwrap(),
        last_name: "Mark".parse().unwrap(),
        display_name: "Bench Mark".parse().unwrap(),
        is_admin: true,
        disabled: false,
        locale: None,
        created_at: now,
        updated_at: now,
    }
}

fn client_secret(id: ClientSecretId, now: Timestamp) -> ClientSecret {
    ClientSecret { id, prefix: SECRET[..4].into(), created_at: now, expires_at: None }
}

fn family(id: GroupId, now: Timestamp) -> Group {
    Group {
        id,
        name: "family".parse().unwrap(),
        friendly_name: "Family".parse().unwrap(),
        created_at: now,
        updated_at: now,
        ldap_id: None,
    }
}

fn protected_host(id: ProtectedHostId, now: Timestamp) -> ProtectedHost {
    ProtectedHost {
        id,
        host: PROTECTED.parse().unwrap(),
        is_group_restricted: true,
        headers: IdentityHeaders::default(),
        open_paths: OpenPaths::default(),
        session_seconds: 3_600,
        accepts_bearer_tokens: false,
        accepts_api_keys: false,
        created_at: now,
    }
}

/// Puts a user, their session and a client into a new database; gives the session's cookie.
fn seed(database: &str, fill: impl FnOnce(&Store)) -> String {
    let variables = [("DB_CONNECTION_STRING", database)];
    let settings = Settings::read(&Source::from_pairs(&variables)).unwrap();
    let store = Store::open(&settings.database).unwrap();
    fill(&store);
    let rng: &dyn Rng = &SystemRng::new();
    let now = SystemClock.now();
    let new_id = || rng.uuid_v7(now.as_unix_millis());
    let user = administrator(UserId(new_id()), now);
    let token = BearerToken::generate("", new_id(), rng);
    let session = Session {
        id: SessionId(token.id()),
        user_id: user.id,
        amr: Amr::Passkey,
        created_at: now,
        authenticated_at: now,
        last_used_at: now.plus(3_600),
        expires_at: now.plus(3_600),
        ip_address: "127.0.0.1".into(),
        user_agent: "benchmark".into(),
        binding: None,
    };
    let client = Client {
        redirect_uris: vec![REDIRECT_URI.parse().unwrap()],
        skips_consent: true,
        ..Client::new(
            "bench-client".parse().unwrap(),
            "Bench".parse().unwrap(),
            ClientType::Confidential,
            now,
        )
    };
    let secret = client_secret(ClientSecretId(new_id()), now);
    let cookie = token.expose().to_owned();
    let group = family(GroupId(new_id()), now);
    let host = protected_host(ProtectedHostId(new_id()), now);
    let at_host = NewHostSession {
        protected_host_id: host.id,
        session_id: session.id,
        created_at: now,
        expires_at: now.plus(3_600),
    };
    store
        .write_blocking(move |tx| {
            users::insert(tx, &user)?;
            sessions::insert(tx, &session, &token)?;
            groups::insert(tx, &group)?;
            groups::insert_member(tx, group.id, user.id)?;
            protected_hosts::insert(tx, &host)?;
            protected_hosts::replace_groups(tx, host.id, [group.id])?;
            host_sessions::insert(tx, &token, &at_host)?;
            clients::insert(tx, &client)?;
            clients::insert_secret(tx, &client.id, &secret, Digest::of(SECRET))?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
    cookie
}
