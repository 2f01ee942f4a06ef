//! A server killed in the middle of a thousand sign-ins: acknowledged sign-ins are stored, and no other one
//! is stored by half.

use std::{
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;

use crate::support::{
    agent::{Agent, Answer},
    op::{TestClient, TestOp},
    ports::free_port,
    soft_authenticator::SoftAuthenticator,
    wait_until,
};

const SIGN_INS: usize = 1_000;
/// Fewer where two servers do them together.
const TOGETHER: usize = 300;
const WORKERS: usize = 8;
/// After so many of them the server is killed.
const KILLS: [usize; 3] = [200, 450, 800];

/// How long all of them may take on a slow machine.
const LONGEST: Duration = Duration::from_secs(1_200);

/// The results that the server acknowledged.
struct Acknowledged {
    session: Agent,
    access_token: String,
    refresh_token: String,
}

/// `pocketid serve`, as a process of its own.
struct Server {
    child: Child,
}

impl Server {
    fn start(op: &TestOp, port: u16, app_url: &str) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_pocketid"))
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .env_clear()
            .env("APP_URL", app_url)
            .envs(op.environment())
            .env("DISABLE_RATE_LIMITING", "true")
            .env("LOG_LEVEL", "error")
            .current_dir(op.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child };
        server.wait_until_it_answers(port);
        server
    }

    fn wait_until_it_answers(&self, port: u16) {
        let mut agent = Agent::new(&format!("http://localhost:{port}"));
        wait_until(|| agent.try_send(Method::GET, "/healthz", None, Bytes::new()).is_ok());
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_killed_server_loses_no_acknowledged_write_and_leaves_no_half_finished_one() {
    // Only its database and its rows are used; the server under test is another process.
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.skips_consent = true;
    });
    let port = free_port();
    let base_url = format!("http://localhost:{port}");
    let mut server = Server::start(&op, port, &base_url);
    let authenticators: Vec<_> = (0..WORKERS).map(|n| register(&op, &base_url, n)).collect();

    let acknowledged = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    let server = thread::scope(|scope| {
        for mut authenticator in authenticators {
            let (acknowledged, count, client) = (&acknowledged, &count, &client);
            let base_url = base_url.as_str();
            scope.spawn(move || {
                let deadline = Instant::now() + LONGEST;
                while count.load(Ordering::SeqCst) < SIGN_INS && Instant::now() < deadline {
                    // While the server is down a sign-in fails, and is tried again.
                    match sign_in(&Agent::new(base_url), client, &mut authenticator) {
                        Some(done) => {
                            acknowledged.lock().unwrap().push(done);
                            count.fetch_add(1, Ordering::SeqCst);
                        }
                        None => thread::sleep(Duration::from_millis(5)),
                    }
                }
            });
        }
        for kill_after in KILLS {
            let deadline = Instant::now() + LONGEST;
            while count.load(Ordering::SeqCst) < kill_after && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
            }
            server.kill();
            server = Server::start(&op, port, &base_url);
        }
        server
    });

    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= SIGN_INS);
    assert_each_write_is_whole(&op);
    assert_each_answer_stands(&op, &base_url, &client, acknowledged);
    server.kill();
}

/// Of two servers on PostgreSQL one is killed; its users go to the other one.
#[test]
fn a_killed_server_leaves_the_other_one_to_go_on() {
    let op = TestOp::on_postgres();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.skips_consent = true;
    });
    let ports = [free_port(), free_port()];
    let urls = ports.map(|port| format!("http://localhost:{port}"));
    let [first, second] = ports.map(|port| Server::start(&op, port, &urls[0]));
    let authenticators: Vec<_> = (0..WORKERS).map(|n| register(&op, &urls[0], n)).collect();

    let acknowledged = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    thread::scope(|scope| {
        for (worker, mut authenticator) in authenticators.into_iter().enumerate() {
            let (acknowledged, count, client, urls) = (&acknowledged, &count, &client, &urls);
            scope.spawn(move || {
                let deadline = Instant::now() + LONGEST;
                let mut at = worker % 2;
                while count.load(Ordering::SeqCst) < TOGETHER && Instant::now() < deadline {
                    match sign_in(&Agent::new(&urls[at]), client, &mut authenticator) {
                        Some(done) => {
                            acknowledged.lock().unwrap().push(done);
                            count.fetch_add(1, Ordering::SeqCst);
                        }
                        None => at = 1,
                    }
                }
            });
        }
        let deadline = Instant::now() + LONGEST;
        while count.load(Ordering::SeqCst) < TOGETHER / 2 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        first.kill();
    });

    let survivor = Agent::new(&urls[1]);
    let acknowledged = acknowledged.into_inner().unwrap().into_iter().map(|mut one| {
        one.session = one.session.at(&survivor);
        one
    });
    let acknowledged: Vec<_> = acknowledged.collect();
    assert!(acknowledged.len() >= TOGETHER);
    assert_each_write_is_whole(&op);
    assert_each_answer_stands(&op, &urls[1], &client, acknowledged);
    second.kill();
}

fn register(op: &TestOp, base_url: &str, number: usize) -> SoftAuthenticator {
    let user = op.user(&format!("user{number}"));
    let code = op.one_time_code(user.id, 600);
    let mut agent = Agent::new(base_url);
    agent.post(&format!("/api/one-time-access-token/{code}"), &Value::Null).ok();
    let mut authenticator = SoftAuthenticator::new(base_url);
    authenticator.register(&mut agent).ok();
    authenticator
}

/// A whole sign-in: passkey, code, tokens. `None` when the server went away in the middle.
fn sign_in(
    agent: &Agent,
    client: &TestClient,
    authenticator: &mut SoftAuthenticator,
) -> Option<Acknowledged> {
    let mut agent = agent.clone();
    let options = get(&mut agent, "/api/webauthn/login/start")?.ok().json();
    let assertion = authenticator.assert(&options);
    post(&mut agent, "/api/webauthn/login/finish", "application/json", assertion.to_string())?.ok();
    let code = get(&mut agent, &client.authorize_path(&[]))?.location_param("code").unwrap();
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", &code)
        .append_pair("redirect_uri", &client.redirect_uri)
        .append_pair("client_id", &client.id)
        .append_pair("client_secret", &client.secret)
        .finish();
    let media_type = "application/x-www-form-urlencoded";
    let tokens = post(&mut agent, "/api/oidc/token", media_type, form)?.ok().json();
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    Some(Acknowledged {
        session: agent,
        access_token: token("access_token"),
        refresh_token: token("refresh_token"),
    })
}

fn get(agent: &mut Agent, path: &str) -> Option<Answer> {
    agent.try_send(Method::GET, path, None, Bytes::new()).ok()
}

fn post(agent: &mut Agent, path: &str, media_type: &str, body: String) -> Option<Answer> {
    agent.try_send(Method::POST, path, Some(media_type), body.into()).ok()
}

/// A grant comes with its code; a used code with both its tokens, an unused one with none.
fn assert_each_write_is_whole(op: &TestOp) {
    if !op.is_postgres() {
        let faults = "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        assert_eq!(op.number(faults), 0);
        assert_eq!(op.number("SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
    }
    let broken = "
        SELECT COUNT(*)
          FROM grants g
          LEFT JOIN authorization_codes c ON c.grant_id = g.id
         WHERE c.grant_id IS NULL
            OR (SELECT COUNT(*) FROM access_tokens t WHERE t.grant_id = g.id)
               <> CASE WHEN c.consumed_at IS NULL THEN 0 ELSE 1 END
            OR (SELECT COUNT(*) FROM refresh_tokens t WHERE t.grant_id = g.id)
               <> CASE WHEN c.consumed_at IS NULL THEN 0 ELSE 1 END";
    assert_eq!(op.number(broken), 0);
    let sessions = "SELECT COUNT(*) FROM sessions WHERE amr = 'phr'";
    let events = "SELECT COUNT(*) FROM audit_events WHERE kind = 'SIGN_IN'";
    assert_eq!(op.number(sessions), op.number(events));
}

fn assert_each_answer_stands(
    op: &TestOp,
    base_url: &str,
    client: &TestClient,
    acknowledged: Vec<Acknowledged>,
) {
    let mut agent = Agent::new(base_url);
    for mut one in acknowledged {
        assert_eq!(one.session.get("/api/users/me").status, 200);
        let authorization = format!("Bearer {}", one.access_token);
        let mut bearer = agent.with_header("authorization", &authorization);
        assert_eq!(bearer.get("/api/oidc/userinfo").status, 200);
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", one.refresh_token.as_str()),
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
        ];
        assert_eq!(agent.post_form("/api/oidc/token", &fields).status, 200);
    }
    assert_eq!(op.count("grants WHERE revoked_at IS NOT NULL"), 0);
}
