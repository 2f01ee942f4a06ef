//! OpenID Connect Back-Channel Logout 1.0.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

use pocketid::crypto::{JwkSet, VerifyingKey, jws};
use serde_json::{Value, json};

use crate::support::{
    op::{TestClient, TestOp},
    patience::PATIENCE,
    wait_until,
};

/// Less than the quarter of a minute after which a server looks for what another one left unsent.
const SOON: Duration = Duration::from_secs(10);

/// A client's back channel: it answers each request with the next status, and keeps the requests.
struct BackChannel {
    url: String,
    requests: Receiver<String>,
}

impl BackChannel {
    fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/backchannel?of=app", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        thread::spawn(move || {
            for status in statuses {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = String::new();
                let mut buffer = [0; 4_096];
                while !is_whole(&request) {
                    let count = stream.read(&mut buffer).unwrap();
                    request.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
                }
                let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
                sender.send(request).unwrap();
            }
        });
        Self { url, requests }
    }

    fn next(&self) -> String {
        self.requests.recv_timeout(PATIENCE).expect("a request")
    }

    fn is_silent(&self) -> bool {
        self.requests.recv_timeout(Duration::from_millis(300)).is_err()
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    body.len() >= length.parse().unwrap()
}

fn client(op: &TestOp, channel: &BackChannel) -> TestClient {
    let url = channel.url.clone();
    op.client_with("https://app.example.com/callback", move |client| {
        client.backchannel_logout_uri = Some(url.clone());
    })
}

fn verify(op: &TestOp, request: &str) -> (jws::Header, Value) {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let token = body.strip_prefix("logout_token=").unwrap();
    let keys: JwkSet =
        serde_json::from_value(op.agent().get("/.well-known/jwks.json").ok().json()).unwrap();
    jws::verify(token, |algorithm, kid| {
        let keys = keys.keys.iter().filter(|key| key.kid.as_deref() == kid);
        keys.filter_map(|key| VerifyingKey::from_jwk(key, algorithm)).collect()
    })
    .unwrap()
}

/// Back-Channel Logout §2.4 and §2.5.
#[test]
fn a_client_is_told_of_the_end_of_a_session_with_a_logout_token() {
    let op = TestOp::start();
    let channel = BackChannel::start(&[200]);
    let client = client(&op, &channel);
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let id_token: Value = jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap();

    alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    let request = channel.next();

    let head = request.to_lowercase();
    assert!(head.starts_with("post /backchannel?of=app http/1.1\r\n"), "{request}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    let (header, claims) = verify(&op, &request);
    assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
    assert_eq!(claims["iss"], op.base_url());
    assert_eq!(claims["aud"], json!([client.id]));
    assert_eq!((&claims["sub"], &claims["sid"]), (&id_token["sub"], &id_token["sid"]));
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(claims["events"], json!({ event: {} }));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    assert!(claims["jti"].is_string());
    assert!(claims.get("nonce").is_none(), "§2.4: a nonce must not be there");
    // §2.7: without offline_access, grants end with the session.
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 401);
}

#[test]
fn each_client_of_the_session_is_told_once_and_no_other() {
    let op = TestOp::start();
    let channels = [BackChannel::start(&[204, 204]), BackChannel::start(&[204, 204])];
    let (one, other) = (client(&op, &channels[0]), client(&op, &channels[1]));
    let mut alice = op.person("alice");
    for _ in 0..2 {
        op.redeem(&one, &alice.code(&one, &[])).ok();
    }
    let mut bob = op.person("bob");
    op.redeem(&other, &bob.code(&other, &[])).ok();

    alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    channels[0].next();

    assert!(channels.iter().all(BackChannel::is_silent));
    wait_until(|| op.count("outbox") == 0);
    assert!(channels.iter().all(BackChannel::is_silent));
}

/// Clients are told in one go; later ones do not wait for the next interval.
#[test]
fn many_clients_are_told_without_a_pause() {
    const MANY: usize = 70;
    let op = TestOp::start();
    let channel = BackChannel::start(&[200; MANY]);
    let mut alice = op.person("alice");
    for _ in 0..MANY {
        alice.code(&client(&op, &channel), &[]);
    }

    alice.agent.post("/api/webauthn/logout", &json!({})).ok();

    let audiences: std::collections::BTreeSet<_> = (0..MANY)
        .map(|_| verify(&op, &channel.next()).1["aud"][0].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(audiences.len(), MANY);
}

/// §2.8: anything but 200 and 204 is a failure; it is tried again later, and not for ever.
#[test]
fn a_client_that_does_not_answer_well_is_told_again() {
    let op = TestOp::start();
    let channel = BackChannel::start(&[500, 302, 200]);
    let client = client(&op, &channel);
    let mut alice = op.person("alice");
    op.redeem(&client, &alice.code(&client, &[])).ok();

    alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    let first = verify(&op, &channel.next()).1;
    assert!(channel.is_silent(), "not before its time");
    // The time of the next attempt counts from the end of this one.
    let attempts = |count| op.count(&format!("outbox WHERE attempts = {count}"));
    wait_until(|| attempts(1) == 1);
    op.advance(16);
    wake(&op, "bob");
    let second = verify(&op, &channel.next()).1;
    wait_until(|| attempts(2) == 1);
    op.advance(61);
    wake(&op, "carol");
    channel.next();

    assert_eq!((&first["sid"], &first["sub"]), (&second["sid"], &second["sub"]));
    assert_ne!(first["jti"], second["jti"], "each token is used once");
}

/// A place where connections are accepted, and nothing is answered. Knows how many there were.
struct Silence {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Silence {
    /// Whether connections stay open, or are closed at once.
    fn start(is_patient: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept() {
                counted.fetch_add(1, Ordering::SeqCst);
                open.extend(is_patient.then_some(stream));
            }
        });
        Self { url, connections }
    }

    /// A client that is here, and that is to be told of so many sessions.
    fn client(&self, op: &TestOp, sessions: i64) -> TestClient {
        let url = self.url.clone();
        let client = op.client_with("https://app.example.com/callback", move |client| {
            client.backchannel_logout_uri = Some(url.clone());
        });
        // Ids begin with their moment, and end with 80 bits of anything.
        let id = if op.is_postgres() {
            "decode(lpad(to_hex(CAST({} AS BIGINT)), 12, '0') || lpad(to_hex(n), 20, '0'), 'hex')"
        } else {
            "unhex(printf('%012x%020x', {}, n))"
        };
        let session = uuid::Uuid::from_u128(1);
        let content = json!({ "userId": session, "sessionId": session });
        let expires_at = op.now().as_unix() + 10_800;
        let id = id.replace("{}", &op.now().as_unix_millis().to_string());
        op.execute(&format!(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {sessions})
             INSERT INTO outbox (id, kind, recipient, content, attempts, due_at, expires_at)
             SELECT {id}, 'backchannel_logout', '{}', '{content}', 0, 0, {expires_at} FROM n",
            client.id
        ));
        client
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn due(op: &TestOp) -> i64 {
    let now = op.now().as_unix();
    op.count(&format!(
        "outbox WHERE due_at <= {now} AND recipient NOT IN
             (SELECT recipient FROM outbox_rests WHERE rests_until > {now})"
    ))
}

/// One dead application must not keep everybody signed in to the others.
#[test]
fn a_client_that_never_answers_holds_up_nobody_else() {
    let op = TestOp::start();
    let silence = Silence::start(true);
    let channel = BackChannel::start(&[200; 3]);
    let client = client(&op, &channel);
    let mut people = ["alice", "bob", "carol"].map(|name| op.person(name));
    people.iter_mut().for_each(|person| drop(person.code(&client, &[])));
    silence.client(&op, 300);
    wait_until(|| silence.connections() > 0);
    for person in &mut people {
        person.agent.post("/api/webauthn/logout", &json!({})).ok();

        channel.next();
    }
    // It is given up after ten seconds.
    assert_eq!(op.count("outbox_rests"), 0, "the tokens came while it was silent");
    assert!((1..=4).contains(&silence.connections()), "{} at a time", silence.connections());
}

#[test]
fn sessions_that_a_configuration_document_ends_are_told_at_once() {
    let op = TestOp::start();
    let channel = BackChannel::start(&[200]);
    let client = client(&op, &channel);
    let mut person = op.person("alice");
    person.code(&client, &[]);
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    let mut root = op.agent().with_header("x-api-key", key.trim());

    let document = json!({ "users": [{ "username": "alice", "disabled": true }] });
    root.json(hyper::Method::PUT, "/api/configuration", &document).ok();

    channel.requests.recv_timeout(SOON).expect("the logout token comes soon");
}

/// Otherwise each of its notices holds a place until its time is over, again and again.
#[test]
fn a_client_that_does_not_answer_is_left_alone_for_a_while_and_then_tried_with_one_notice() {
    let op = TestOp::start();
    let silence = Silence::start(false);
    silence.client(&op, 300);
    wait_until(|| due(&op) == 0);
    let first = silence.connections();
    assert!((1..=4).contains(&first), "{first}");

    op.advance(61);

    wait_until(|| silence.connections() > first && due(&op) == 0);
    assert_eq!(silence.connections(), first + 1);
    assert_eq!(op.count("outbox"), 300, "none is lost");
}

#[test]
fn whoever_could_not_be_told_for_hours_is_given_up() {
    let op = TestOp::start();
    Silence::start(false).client(&op, 300);
    op.advance(3 * 3_600 + 1);

    wake(&op, "bob");

    wait_until(|| op.count("outbox") == 0);
}

/// The logout of another user wakes the sender, so that the test need not wait for the clock on the wall.
fn wake(op: &TestOp, name: &str) {
    let channel = BackChannel::start(&[200]);
    let client = client(op, &channel);
    let mut person = op.person(name);
    person.code(&client, &[]);
    person.agent.post("/api/webauthn/logout", &json!({})).ok();
    channel.next();
}

/// The server looks twice a second, and not once in a quarter of a minute.
#[test]
fn a_client_is_told_soon_of_a_session_that_ends_at_the_terminal() {
    let op = TestOp::start();
    let channel = BackChannel::start(&[200; 3]);
    let client = client(&op, &channel);
    for name in ["alice", "bob", "carol"] {
        let mut person = op.person(name);
        op.redeem(&client, &person.code(&client, &[])).ok();

        op.beside(&format!("session revoke --all {name}")).expect_success();

        channel.requests.recv_timeout(SOON).expect("the logout token comes soon");
    }
}
