//! Clients that describe themselves at the address that is their id
//! (draft-ietf-oauth-client-id-metadata-document).

mod room;

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::{
    device::GRANT_TYPE,
    flow::{CHALLENGE, VERIFIER},
    https::HttpsSite,
    op::{TestClient, TestOp},
};

const JSON: &str = "200 OK\r\ncontent-type: application/json";
const NO_LIMITS: (&str, &str) = ("DISABLE_RATE_LIMITING", "true");

/// A site with a document, and a provider that allows it.
struct Scene {
    site: HttpsSite,
    op: TestOp,
    client: TestClient,
}

impl Scene {
    fn start() -> Self {
        Self::with_allowlist(r#"["https://localhost:*/**"]"#)
    }

    fn with_allowlist(allowlist: &str) -> Self {
        let site = HttpsSite::start();
        let variables =
            [NO_LIMITS, ("UI_CONFIG_DISABLED", "true"), ("CIMD_URL_ALLOWLIST", allowlist)];
        let op = TestOp::with_outbound(&variables, site.outbound());
        let client = TestClient {
            id: site.url("/client.json"),
            secret: String::new(),
            redirect_uri: "http://127.0.0.1/callback".to_owned(),
        };
        let scene = Self { site, op, client };
        scene.site.answer_with(JSON, &scene.document().to_string());
        scene
    }

    fn document(&self) -> Value {
        json!({
            "client_id": self.client.id,
            "client_name": "Notes",
            "redirect_uris": [self.client.redirect_uri],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
        })
    }

    fn publish(&self, change: impl FnOnce(&mut Value)) {
        let mut document = self.document();
        change(&mut document);
        self.site.answer_with(JSON, &document.to_string());
    }

    fn redeem(&self, code: &str) -> crate::support::agent::Answer {
        self.op.agent().post_form(
            "/api/oidc/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &self.client.redirect_uri),
                ("code_verifier", VERIFIER),
                ("client_id", &self.client.id),
            ],
        )
    }

    fn authorize_status(&self) -> u16 {
        self.op.agent().get(&self.client.authorize_path(&PKCE)).status
    }

    /// Nothing of the client is known.
    #[track_caller]
    fn assert_unknown(&self) {
        assert_eq!(self.authorize_status(), 400);
        assert_eq!(self.redeem("pocket_id_ac_x").error(), "401 invalid_client");
        assert_eq!((self.op.count("clients"), self.op.count("interactions")), (0, 0));
    }
}

const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

#[test]
fn a_client_that_describes_itself_is_signed_in_to() {
    let scene = Scene::start();
    let (op, client) = (&scene.op, &scene.client);
    let mut alice = op.person("alice");
    let tokens = scene.redeem(&alice.code(client, &PKCE)).ok().json();

    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("client_id", client.id.as_str()),
    ];
    op.agent().post_form("/api/oidc/token", &fields).ok();
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 401);
    // One look was enough for all of it, and it said no more than it had to.
    let requests = scene.site.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].starts_with("GET /client.json HTTP/1.1\n"), "{requests:?}");
    assert!(!requests[0].to_lowercase().contains("cookie"));
    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
    assert_eq!(metadata["client_id_metadata_document_supported"], true);
}

/// People are shown the address in place of the name of another application.
#[test]
fn a_document_cannot_have_the_name_of_a_registered_client() {
    let scene = Scene::start();
    scene.op.beside("client create Payroll --callback https://p.example.com/").expect_success();
    scene.publish(|document| document["client_name"] = json!("Pay Roll"));
    assert_eq!(scene.authorize_status(), 302);
    let names = scene.op.texts("SELECT name FROM clients ORDER BY name");
    assert_eq!(names, ["Payroll", "localhost"]);
}

/// RFC 9700 §2.1.1: it is a public client, which has to use PKCE.
#[test]
fn a_client_that_describes_itself_must_use_pkce_and_has_no_secret() {
    let scene = Scene::start();
    let mut alice = scene.op.person("alice");
    let answer = alice.agent.get(&scene.client.authorize_path(&[]));
    assert_eq!(answer.location_param("error").unwrap(), "invalid_request");
    let elsewhere = [PKCE[0], PKCE[1], ("redirect_uri", "https://evil.example.com/cb")];
    assert_eq!(alice.agent.get(&scene.client.authorize_path(&elsewhere)).status, 400);
    let with_secret = TestClient { secret: "secret".into(), ..scene.client.clone() };
    assert_eq!(scene.op.redeem(&with_secret, "x").error(), "401 invalid_client");
}

#[test]
fn an_address_that_is_not_allowed_is_not_gone_to() {
    for allowlist in ["[]", r#"["https://app.example.com/**"]"#, r#"["http://localhost:*/**"]"#] {
        let scene = Scene::with_allowlist(allowlist);
        scene.assert_unknown();
        assert_eq!(scene.site.connections(), 0, "{allowlist}");
    }
    let op = TestOp::start();
    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
    assert_eq!(metadata["client_id_metadata_document_supported"], false);
}

/// Draft §6.5: what strangers name must not turn the server against its own network.
#[test]
fn no_connection_is_made_to_an_inside_address() {
    let site = TcpListener::bind("127.0.0.1:0").unwrap();
    site.set_nonblocking(true).unwrap();
    let port = site.local_addr().unwrap().port();
    let op = TestOp::with_settings(&[
        NO_LIMITS,
        ("UI_CONFIG_DISABLED", "true"),
        ("CIMD_URL_ALLOWLIST", r#"["*"]"#),
    ]);
    for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]"] {
        let client = TestClient {
            id: format!("https://{host}:{port}/client.json"),
            secret: String::new(),
            redirect_uri: "http://127.0.0.1/callback".to_owned(),
        };
        assert_eq!(op.agent().get(&client.authorize_path(&PKCE)).status, 400, "{host}");
        assert!(site.accept().is_err(), "{host}");
    }
    assert_eq!(op.count("clients"), 0);
}

/// The rule for tests of programs that have their document on the same machine.
#[test]
fn a_document_on_this_machine_is_fetched_with_app_env_test_and_not_without() {
    for (app_env, status) in [("production", 400), ("development", 400), ("test", 302)] {
        let site = HttpsSite::start();
        let certificate = site.certificate();
        let variables = [
            NO_LIMITS,
            ("APP_ENV", app_env),
            ("TRUSTED_CA", certificate.as_str()),
            ("UI_CONFIG_DISABLED", "true"),
            ("CIMD_URL_ALLOWLIST", r#"["https://localhost:*/**"]"#),
        ];
        let op = TestOp::with_settings(&variables);
        let client = TestClient {
            id: site.url("/client.json"),
            secret: String::new(),
            redirect_uri: "http://127.0.0.1/callback".to_owned(),
        };
        let scene = Scene { site, op, client };
        scene.publish(|_| {});
        assert_eq!(scene.authorize_status(), status, "{app_env}");
        let looks = usize::from(app_env == "test");
        assert_eq!(scene.site.connections(), looks, "{app_env}");
        assert_eq!(scene.op.count("clients"), looks as i64, "{app_env}");
    }
}

#[test]
fn an_answer_that_is_no_document_makes_no_client() {
    let scene = Scene::start();
    let document = scene.document().to_string();
    let elsewhere = format!("302 Found\r\nlocation: {}", scene.site.url("/other.json"));
    let (long, other) = ("x".repeat(6_000), document.replace("client.json", "other.json"));
    for (head, body) in [
        ("404 Not Found\r\ncontent-type: application/json", document.as_str()),
        ("201 Created\r\ncontent-type: application/json", &document),
        (&elsewhere, &document),
        ("200 OK\r\ncontent-type: text/html", &document),
        (JSON, ""),
        (JSON, "[]"),
        (JSON, &long),
        (JSON, &other),
        (JSON, &document.replace("\"none\"", "\"client_secret_basic\"")),
        ("nonsense", ""),
    ] {
        scene.site.answer_with(head, body);
        scene.assert_unknown();
    }
    let paths = scene.site.requests();
    assert!(paths.iter().all(|request| request.starts_with("GET /client.json ")), "{paths:?}");
    // With a document that is one it works at once.
    scene.site.answer_with(JSON, &document);
    assert_eq!(scene.authorize_status(), 302);
}

#[test]
fn a_site_that_is_not_who_it_says_is_not_believed() {
    let (site, other) = (HttpsSite::start(), HttpsSite::start());
    let variables = [NO_LIMITS, ("UI_CONFIG_DISABLED", "true"), ("CIMD_URL_ALLOWLIST", r#"["*"]"#)];
    let op = TestOp::with_outbound(&variables, other.outbound());
    let client = TestClient {
        id: site.url("/client.json"),
        secret: String::new(),
        redirect_uri: "http://127.0.0.1/callback".to_owned(),
    };
    assert_eq!(op.agent().get(&client.authorize_path(&PKCE)).status, 400);
    assert_eq!((site.connections(), site.requests().len()), (1, 0));
}

#[test]
fn a_document_is_fetched_again_when_its_time_is_over_and_not_before() {
    let scene = Scene::start();
    let document = scene.document().to_string();
    let head = format!("{JSON}\r\ncache-control: public, max-age=600");
    scene.site.answer_with(&head, &document);
    assert_eq!(scene.authorize_status(), 302);
    scene.op.advance(550);
    assert_eq!(scene.authorize_status(), 302);
    assert_eq!(scene.site.requests().len(), 1);
    scene.op.advance(60);
    assert_eq!(scene.authorize_status(), 302);
    assert_eq!(scene.site.requests().len(), 2);
    // What is too old is not used, whatever the site says now.
    scene.op.advance(610);
    scene.site.answer_with("503 Service Unavailable", "");
    assert_eq!(scene.authorize_status(), 400);
}

/// Consent was given to what the client was: with other redirect URIs it is another one.
#[test]
fn a_document_that_asks_for_something_else_asks_everybody_again() {
    let scene = Scene::start();
    let mut alice = scene.op.person("alice");
    alice.code(&scene.client, &PKCE);
    let consents = || scene.op.count("consents");
    for (field, value, left) in [
        ("client_name", json!("Other notes"), 1),
        ("redirect_uris", json!([scene.client.redirect_uri, "https://new.example.com/cb"]), 0),
    ] {
        scene.op.advance(3_601);
        scene.publish(|document| document[field] = value);
        assert_eq!(scene.authorize_status(), 302);
        assert_eq!(consents(), left, "{field}");
    }
    let other = TestClient {
        redirect_uri: "https://new.example.com/cb".to_owned(),
        ..scene.client.clone()
    };
    alice.authenticator.sign_in(&mut alice.agent).ok();
    alice.code(&other, &PKCE);
}

/// A refresh token that was of no use without the keys must not become good by itself.
#[test]
fn a_document_that_makes_its_client_public_ends_its_grants() {
    let scene = Scene::start();
    scene.redeem(&scene.op.person("alice").code(&scene.client, &PKCE)).ok();
    scene.op.execute("UPDATE clients SET client_type = 'confidential'");
    let live = || scene.op.texts("SELECT client_id FROM grants WHERE revoked_at IS NULL").len();
    assert_eq!(live(), 1);
    scene.op.advance(3_601);
    assert_eq!(scene.authorize_status(), 302);
    assert_eq!(live(), 0);
}

/// RFC 9449 §5.2: what a document asks for later holds, too, and what an administrator set is not its to undo.
#[test]
fn a_document_that_asks_for_bound_tokens_gets_no_others() {
    let scene = Scene::start();
    let mut alice = scene.op.person("alice");
    scene.redeem(&alice.code(&scene.client, &PKCE)).ok();
    for asked in [true, false] {
        scene.op.advance(3_601);
        alice.authenticator.sign_in(&mut alice.agent).ok();
        scene.publish(|document| document["dpop_bound_access_tokens"] = json!(asked));
        let code = alice.code(&scene.client, &PKCE);
        assert_eq!(scene.redeem(&code).error(), "400 invalid_dpop_proof", "{asked}");
    }
}

/// RFC 7591 §2: a client gets what its document lists.
#[test]
fn grant_types_that_are_not_listed_are_refused() {
    let scene = Scene::start();
    let (op, client) = (&scene.op, &scene.client);
    let device = op.ask_for_device_code(client, &[("scope", "openid")]);
    assert_eq!(device.error(), "400 unauthorized_client");
    let fields =
        [("grant_type", GRANT_TYPE), ("device_code", "x"), ("client_id", client.id.as_str())];
    let token = op.agent().post_form("/api/oidc/token", &fields);
    assert_eq!(token.error(), "400 unauthorized_client");
    op.advance(3_601);
    scene.publish(|document| document["grant_types"] = json!(["authorization_code"]));
    let mut alice = op.person("alice");
    let tokens = scene.redeem(&alice.code(client, &PKCE)).ok().json();
    assert_eq!(tokens["refresh_token"], Value::Null);
    assert_eq!(op.count("refresh_tokens"), 0);
    // It is told of a logout as long as others are.
    assert_eq!(op.number("SELECT MAX(expires_at - created_at) FROM grants") / 86_400, 30);
    op.advance(3_601);
    scene.publish(|document| document["grant_types"] = json!([GRANT_TYPE]));
    alice.authenticator.sign_in(&mut alice.agent).ok();
    let answer = alice.agent.get(&client.authorize_path(&PKCE));
    assert_eq!(answer.location_param("error").unwrap(), "unauthorized_client");
    let codes = op.device_authorization(client, "openid");
    alice.verify_device(&codes.user_code).ok();
    op.poll(client, &codes).ok();
}

/// The page says by its host who asks: the name is the client's own word.
#[test]
fn the_page_says_where_a_client_comes_from_that_nobody_registered() {
    let scene = Scene::start();
    let mut alice = scene.op.person("alice");
    let page = alice.agent.get(&scene.client.authorize_path(&PKCE)).location().to_owned();
    let html = alice.agent.get(&page).ok().text();
    assert!(html.contains("id=\"unregistered\"") && html.contains("<strong>localhost</strong>"));
    let registered = alice.agent.get(&scene.op.client().authorize_path(&[]));
    let html = alice.agent.get(registered.location()).ok().text();
    assert!(!html.contains("id=\"unregistered\""));
}

#[test]
fn clients_that_nobody_signed_in_to_are_forgotten() {
    let scene = Scene::start();
    assert_eq!(scene.authorize_status(), 302);
    scene.op.advance(3_500);
    scene.op.clean_up();
    assert_eq!(scene.op.count("clients"), 1);
    scene.op.advance(200);
    scene.op.clean_up();
    // Its interaction goes first, and then the client.
    scene.op.clean_up();
    assert_eq!(scene.op.count("clients"), 0);

    let mut alice = scene.op.person("alice");
    alice.code(&scene.client, &PKCE);
    scene.op.advance(40 * 86_400);
    scene.op.clean_up();
    scene.op.clean_up();
    assert_eq!((scene.op.count("clients"), scene.op.count("consents")), (1, 1));
}

#[test]
fn one_address_cannot_have_documents_fetched_without_end() {
    let site = HttpsSite::start();
    let variables = [("UI_CONFIG_DISABLED", "true"), ("CIMD_URL_ALLOWLIST", r#"["*"]"#)];
    let op = TestOp::with_outbound(&variables, site.outbound());
    let status = |number: i32| {
        let client = TestClient {
            id: site.url(&format!("/{number}")),
            secret: String::new(),
            redirect_uri: "http://127.0.0.1/callback".to_owned(),
        };
        op.agent().get(&client.authorize_path(&PKCE)).status
    };
    let answers: Vec<_> = (0..30).map(status).collect();
    assert!(answers[..20].iter().all(|status| *status == 400), "{answers:?}");
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
    assert!(site.requests().len() < 30);
}

/// Pocket ID 2.14: an API may be open to every client that nobody has registered.
#[test]
fn an_api_is_closed_to_such_clients_until_it_is_opened_to_them() {
    let scene = Scene::start();
    let op = &scene.op;
    op.api("https://orders.example.com", &["read", "write"]);
    let mut alice = op.person("alice");
    let params =
        [&PKCE[..], &[("resource", "https://orders.example.com"), ("scope", "openid read")]];
    let closed = alice.authorize(&scene.client, &params.concat());
    assert_eq!(closed.location_param("error").unwrap(), "access_denied");

    let line = "api grant https://orders.example.com --metadata-clients --permission read";
    op.beside(line).expect_success();

    let code = alice.code(&scene.client, &params.concat());
    let tokens = scene.redeem(&code).ok().json();
    assert_eq!(tokens["scope"], "openid read");
    let more =
        [&PKCE[..], &[("resource", "https://orders.example.com"), ("scope", "openid write")]];
    let refused = alice.authorize(&scene.client, &more.concat());
    assert_eq!(refused.location_param("error").unwrap(), "invalid_scope");
}

/// An administrator need not wait until the document has expired.
#[test]
fn an_administrator_has_a_document_fetched_again() {
    let scene = Scene::start();
    let op = &scene.op;
    let mut alice = op.person("alice");
    alice.code(&scene.client, &PKCE);
    op.change_user(alice.id, |user| user.is_admin = true);
    let id: pocketid::model::ClientId = scene.client.id.parse().unwrap();
    let path = format!("/api/oidc/clients/{}/refresh", id.to_path());
    scene.publish(|document| document["client_name"] = json!("Other notes"));

    let key = op.beside("api-key create script --for alice").ok();
    let mut root = op.agent().with_header("x-api-key", key.trim());
    let refreshed = root.post(&path, &json!(null)).ok().json();

    assert_eq!((&refreshed["name"], &refreshed["id"]), (&json!("Other notes"), &json!(id)));
    scene.site.answer_with("500 Internal Server Error", "");
    assert_eq!(root.post(&path, &json!(null)).error(), "400 validation_failed");
    assert_eq!(op.texts("SELECT name FROM clients"), ["Other notes"]);
}
