//! RFC 7591: clients that register themselves, with a token, or after the approval of an administrator.

use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    flow::{CHALLENGE, VERIFIER},
    op::{TestClient, TestOp},
};

const REGISTER: &str = "/api/oidc/register";
const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
const NO_LIMITS: (&str, &str) = ("DISABLE_RATE_LIMITING", "true");
pub(super) const CALLBACK: &str = "http://127.0.0.1/callback";

/// A provider with this policy.
pub(super) fn provider(policy: &str) -> TestOp {
    let in_charge = ("UI_CONFIG_DISABLED", "true");
    TestOp::with_settings(&[NO_LIMITS, in_charge, ("DYNAMIC_CLIENT_REGISTRATION", policy)])
}

/// The metadata of an application on the user's machine.
pub(super) fn metadata() -> Value {
    json!({
        "client_name": "Agent",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    })
}

pub(super) fn token(op: &TestOp, name: &str) -> String {
    let made = op.beside(&format!("registration token create {name}"));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    made.stdout.trim().to_owned()
}

pub(super) fn register(op: &TestOp, token: Option<&str>, metadata: &Value) -> Answer {
    let agent = op.agent();
    let mut agent = match token {
        Some(token) => agent.with_header("authorization", &format!("Bearer {token}")),
        None => agent,
    };
    agent.post(REGISTER, metadata)
}

pub(super) fn client_of(registered: &Value) -> TestClient {
    TestClient {
        id: registered["client_id"].as_str().unwrap().to_owned(),
        secret: registered["client_secret"].as_str().unwrap_or_default().to_owned(),
        redirect_uri: registered["redirect_uris"][0].as_str().unwrap_or(CALLBACK).to_owned(),
    }
}

/// The revision of a client that waits.
pub(super) fn revision(op: &TestOp, id: &str) -> String {
    let listed = op.beside("client pending -o json").ok();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let found = listed.as_array().unwrap().iter().find(|one| one["clientId"] == id);
    found.expect("it waits")["revision"].as_str().unwrap().to_owned()
}

/// Approves a client at the terminal, as it is now.
pub(super) fn approve(op: &TestOp, id: &str) {
    op.beside(&format!("client approve {id} --revision {}", revision(op, id))).ok();
}

pub(super) fn redeem(op: &TestOp, client: &TestClient, code: &str) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_id", client.id.as_str()),
    ];
    if !client.secret.is_empty() {
        fields.push(("client_secret", client.secret.as_str()));
    }
    op.agent().post_form("/api/oidc/token", &fields)
}

/// RFC 8414 §2: the endpoint is told only where it can be used.
#[test]
fn without_the_setting_nothing_can_be_registered() {
    let op = TestOp::start();
    let metadata_of = |op: &TestOp| op.agent().get("/.well-known/openid-configuration").json();
    assert!(metadata_of(&op)["registration_endpoint"].is_null());
    let secret = token(&op, "agents");
    assert_eq!(register(&op, None, &metadata()).error(), "400 access_denied");
    assert_eq!(register(&op, Some(&secret), &metadata()).error(), "400 access_denied");
    assert_eq!(op.count("clients"), 0);
    for policy in ["token", "approval"] {
        let op = provider(policy);
        let expected = format!("{}{REGISTER}", op.base_url());
        assert_eq!(metadata_of(&op)["registration_endpoint"], expected.as_str());
    }
}

/// RFC 7591 §3.2.1.
#[test]
fn a_client_registers_itself_with_a_token_and_is_signed_in_to() {
    let op = provider("token");
    let secret = token(&op, "agents");
    let answer = register(&op, Some(&secret), &metadata());
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let registered = answer.json();
    assert!(
        registered["client_secret"].is_null() && registered["client_secret_expires_at"].is_null()
    );
    assert_eq!(registered["application_type"], "native");
    assert_eq!(registered["token_endpoint_auth_method"], "none");
    assert_eq!(registered["redirect_uris"], json!([CALLBACK]));

    let client = client_of(&registered);
    let mut alice = op.person("alice");
    // Its consent page says that its name was not checked; consent is never skipped.
    let asked = alice.agent.get(&client.authorize_path(&PKCE));
    let page = alice.agent.get(asked.location()).ok().text();
    assert!(page.contains("id=\"self-registered\""), "{page}");
    let asks = [PKCE[0], PKCE[1], ("scope", "openid profile groups offline_access")];
    let tokens = redeem(&op, &client, &alice.code(&client, &asks)).ok().json();
    assert_eq!(tokens["scope"], "openid profile offline_access", "groups are not for it");
    assert_eq!(op.count("client_registrations"), 1);
    let kinds = op.audit_kinds();
    assert!(kinds.iter().any(|kind| kind.starts_with("CLIENT_CREATED")), "{kinds:?}");
}

/// RFC 8705 §3.4: it is promised only where certificates are taken.
#[test]
fn a_client_may_register_for_tokens_that_are_bound_to_its_certificate() {
    let mut asked = metadata();
    asked["tls_client_certificate_bound_access_tokens"] = json!(true);
    let op = provider("token");
    let refused = register(&op, Some(&token(&op, "agents")), &asked);
    assert_eq!(refused.error(), "400 invalid_client_metadata");

    let op = TestOp::with_settings(&[
        NO_LIMITS,
        ("UI_CONFIG_DISABLED", "true"),
        ("DYNAMIC_CLIENT_REGISTRATION", "token"),
        ("TRUST_PROXY", "127.0.0.1"),
        ("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate"),
    ]);
    let registered = register(&op, Some(&token(&op, "agents")), &asked).json();
    assert_eq!(registered["tls_client_certificate_bound_access_tokens"], true);
    let client = client_of(&registered);
    let code = op.person("alice").code(&client, &PKCE);
    assert_eq!(redeem(&op, &client, &code).error(), "400 invalid_request");
}

/// RFC 9449 §5.2.
#[test]
fn a_client_that_registers_for_bound_tokens_gets_no_others() {
    let op = provider("token");
    let mut asked = metadata();
    asked["dpop_bound_access_tokens"] = json!(true);
    let registered = register(&op, Some(&token(&op, "agents")), &asked).json();
    assert_eq!(registered["dpop_bound_access_tokens"], true);
    let client = client_of(&registered);
    let code = op.person("alice").code(&client, &PKCE);
    assert_eq!(redeem(&op, &client, &code).error(), "400 invalid_dpop_proof");
}

/// OIDC Core §5.5: a claim by its name is no way around.
#[test]
fn a_client_that_registered_itself_learns_no_groups_by_the_claims_parameter() {
    let op = provider("token");
    let registered = register(&op, Some(&token(&op, "agents")), &metadata()).json();
    let client = client_of(&registered);
    let mut alice = op.person("alice");
    op.group("staff", &[alice.id]);
    let claims = "{\"userinfo\":{\"groups\":null,\"name\":null}}";
    let code = alice.code(&client, &[PKCE[0], PKCE[1], ("claims", claims)]);
    let tokens = redeem(&op, &client, &code).ok().json();
    let claims = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
    assert!(claims["groups"].is_null() && !claims["name"].is_null(), "{claims}");
}

#[test]
fn a_client_with_a_secret_has_to_present_it_and_uses_pkce() {
    let op = provider("token");
    let web = json!({ "client_name": "Board", "redirect_uris": ["https://board.example.com/cb"] });
    let registered = register(&op, Some(&token(&op, "agents")), &web).json();
    assert_eq!(registered["token_endpoint_auth_method"], "client_secret_basic", "RFC 7591 §2");
    assert_eq!(registered["client_secret_expires_at"], 0);
    let client = client_of(&registered);
    let mut alice = op.person("alice");
    let without = alice.agent.get(&client.authorize_path(&[]));
    assert_eq!(without.location_param("error").unwrap(), "invalid_request");
    let code = alice.code(&client, &PKCE);
    let wrong = TestClient { secret: "wrong".into(), ..client.clone() };
    assert_eq!(redeem(&op, &wrong, &code).error(), "401 invalid_client");
    redeem(&op, &client, &code).ok();
}

/// RFC 7591 §3: an initial access token that is missing, wrong, deleted or expired.
#[test]
fn a_token_that_is_not_good_registers_nothing() {
    let op = provider("token");
    let secret = token(&op, "agents");
    let refused = register(&op, None, &metadata());
    assert_eq!(refused.error(), "401 invalid_token");
    assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    for wrong in ["x", &secret[..secret.len() - 1], &format!("{secret}A"), "pocket_id_reg_"] {
        assert_eq!(register(&op, Some(wrong), &metadata()).error(), "401 invalid_token", "{wrong}");
    }
    let mut basic = op.agent().with_header("authorization", "Basic YTpi");
    assert_eq!(basic.post(REGISTER, &metadata()).error(), "401 invalid_token");
    op.beside("registration token delete agents --yes").expect_success();
    assert_eq!(register(&op, Some(&secret), &metadata()).error(), "401 invalid_token");
    assert_eq!(op.count("clients"), 0);
    let lasting = token(&op, "lasting");
    op.execute("UPDATE registration_tokens SET expires_at = 1");
    assert_eq!(register(&op, Some(&lasting), &metadata()).error(), "401 invalid_token");
    let approving = provider("approval");
    assert_eq!(register(&approving, Some("x"), &metadata()).error(), "401 invalid_token");
}

/// RFC 7591 §3.2.2: the codes of hostile metadata. `oidc/registration.rs` has all of them.
#[test]
fn hostile_metadata_are_refused_and_leave_nothing() {
    let op = provider("approval");
    op.register_client("Paperless", "https://paperless.example.com/cb");
    let before = op.count("clients");
    for (member, value, error) in [
        ("redirect_uris", json!(["javascript:alert(1)"]), "400 invalid_redirect_uri"),
        ("redirect_uris", json!(["https://*.example.com/cb"]), "400 invalid_redirect_uri"),
        ("redirect_uris", json!(["https://a.example/cb#x"]), "400 invalid_redirect_uri"),
        ("redirect_uris", json!(["http://a.example/cb"]), "400 invalid_redirect_uri"),
        ("redirect_uris", json!([]), "400 invalid_redirect_uri"),
        ("client_name", json!("Pocket ID"), "400 invalid_client_metadata"),
        ("client_name", json!("P\u{43e}cket  ID"), "400 invalid_client_metadata"),
        ("client_name", json!("PAPERLESS"), "400 invalid_client_metadata"),
        ("client_name", json!("paper1ess"), "400 invalid_client_metadata"),
        ("client_name", json!("Paper\u{200d}less"), "400 invalid_client_metadata"),
        ("grant_types", json!(["client_credentials"]), "400 invalid_client_metadata"),
        ("response_types", json!(["token"]), "400 invalid_client_metadata"),
        ("jwks_uri", json!("http://169.254.169.254/"), "400 invalid_client_metadata"),
        ("client_name", json!(7), "400 invalid_client_metadata"),
    ] {
        let mut hostile = metadata();
        hostile[member] = value.clone();
        assert_eq!(register(&op, None, &hostile).error(), error, "{member}: {value}");
    }
    let list = json!([null, null, "Agent", [CALLBACK]]);
    assert_eq!(register(&op, None, &list).error(), "400 invalid_client_metadata");
    let mut agent = op.agent();
    assert_eq!(agent.post_form(REGISTER, &[("client_name", "x")]).error(), "400 invalid_request");
    let long = json!({ "client_name": "x".repeat(20_000), "redirect_uris": [CALLBACK] });
    assert!(matches!(register(&op, None, &long).status, 400 | 413));
    assert_eq!((op.count("clients"), op.count("client_registrations")), (before, 0));
}

#[test]
fn a_client_that_waits_can_do_nothing_until_it_is_approved() {
    let op = provider("approval");
    let web = json!({ "client_name": "Board", "redirect_uris": ["https://board.example.com/cb"] });
    let client = client_of(&register(&op, None, &web).json());
    let mut alice = op.person("alice");
    let refused = alice.agent.get(&client.authorize_path(&PKCE));
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("approv") && refused.text().contains("Board"));
    assert_eq!(op.count("interactions"), 0);
    // It is not sent anywhere, not even with an error: its address was not approved.
    let silent = alice.agent.get(&client.authorize_path(&[("prompt", "none")]));
    assert_eq!(silent.status, 403);
    let credentials =
        [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    for (path, field) in [
        ("/api/oidc/par", ("response_type", "code")),
        ("/api/oidc/device/authorize", ("scope", "openid")),
        ("/api/oidc/introspect", ("token", "x")),
        ("/api/oidc/revoke", ("token", "x")),
        ("/api/oidc/token", ("grant_type", "refresh_token")),
    ] {
        let fields = [credentials[0], credentials[1], field];
        assert_eq!(op.agent().post_form(path, &fields).error(), "401 invalid_client", "{path}");
    }
    approve(&op, &client.id);
    let code = alice.code(&client, &PKCE);
    redeem(&op, &client, &code).ok();
}

/// With a token, a client needs no approval.
#[test]
fn a_token_counts_as_an_approval() {
    let op = provider("approval");
    let registered = register(&op, Some(&token(&op, "agents")), &metadata()).json();
    let mut alice = op.person("alice");
    let client = client_of(&registered);
    redeem(&op, &client, &alice.code(&client, &PKCE)).ok();
}

/// Storage: one network has five that wait, and a full table makes room among those of the network
/// that has most of them.
#[test]
fn clients_that_wait_are_bounded_and_expire() {
    let op = provider("approval");
    for _ in 0..5 {
        assert_eq!(register(&op, None, &metadata()).status, 201);
    }
    let refused = register(&op, None, &metadata());
    assert_eq!(refused.error(), "429 temporarily_unavailable");
    let cause = "5 clients of this network wait for an administrator already.";
    assert_eq!(refused.json()["error_description"], cause);
    assert_eq!(op.count("clients"), 5);
    // Those with a token are not those of strangers.
    let secret = token(&op, "agents");
    let used = client_of(&register(&op, Some(&secret), &metadata()).json());
    let mut alice = op.person("alice");
    redeem(&op, &used, &alice.code(&used, &PKCE)).ok();
    let unused = register(&op, Some(&secret), &metadata()).json();
    op.advance(604_801);
    op.clean_up();
    assert_eq!(op.count("clients"), 2, "those that waited are gone after a week");
    op.advance(2_592_000);
    op.clean_up();
    let left = op.texts("SELECT id FROM clients");
    assert_eq!(left, [used.id], "{unused}: an unused one is gone after 30 days");
}

/// A token that leaked fills the table for no one else.
#[test]
fn a_token_has_a_bounded_number_of_unused_clients() {
    let op = provider("token");
    let (leaked, other) = (token(&op, "leaked"), token(&op, "other"));
    for _ in 0..100 {
        assert_eq!(register(&op, Some(&leaked), &metadata()).status, 201);
    }
    let refused = register(&op, Some(&leaked), &metadata());
    assert_eq!(refused.error(), "429 temporarily_unavailable");
    assert_eq!(register(&op, Some(&other), &metadata()).status, 201);
}

/// Anybody may register a client, and the proxy tells from where.
fn open_behind_a_proxy() -> TestOp {
    TestOp::with_settings(&[
        NO_LIMITS,
        ("UI_CONFIG_DISABLED", "true"),
        ("DYNAMIC_CLIENT_REGISTRATION", "approval"),
        ("TRUST_PROXY", "true"),
    ])
}

/// A customer has a /48 of IPv6, and a flood does not drive the clients of others out.
#[test]
fn a_flood_drives_out_its_own_newest_client() {
    let op = open_behind_a_proxy();
    let from = |address: &str| {
        let mut agent = op.agent().with_header("x-forwarded-for", address);
        agent.post(REGISTER, &metadata())
    };
    let victim = client_of(&from("203.0.113.1").json());
    let of_48: Vec<_> = (0..6).map(|n| from(&format!("2001:db8:1:{n}::1")).status).collect();
    assert_eq!(of_48, [201, 201, 201, 201, 201, 429]);
    let mut flood = Vec::new();
    for number in 0..994 {
        let answer = from(&format!("10.0.0.{}", number / 5));
        flood.push(client_of(&answer.json()).id);
    }
    assert_eq!(op.count("clients"), 1_000);
    let late = client_of(&from("198.51.100.1").json());
    let left = op.texts("SELECT id FROM clients");
    assert!(left.len() == 1_000 && left.contains(&victim.id) && left.contains(&late.id));
    let gone: Vec<_> = flood.iter().filter(|id| !left.contains(id)).collect();
    assert_eq!(gone, [&flood[4]], "the newest of the network that has most");
}

/// Otherwise a thousand addresses end all registrations for a week.
#[test]
fn when_each_network_has_one_the_oldest_that_waits_makes_room() {
    let op = open_behind_a_proxy();
    let from = |address: &str| {
        let mut agent = op.agent().with_header("x-forwarded-for", address);
        client_of(&agent.post(REGISTER, &metadata()).ok().json()).id
    };
    let all: Vec<_> =
        (0..1_000).map(|number| from(&format!("10.0.{}.{}", number / 200, number % 200))).collect();
    let stranger = from("198.51.100.1");
    let secret = token(&op, "agents");
    let agent = client_of(&register(&op, Some(&secret), &metadata()).ok().json()).id;

    let left = op.texts("SELECT id FROM clients");
    assert!(left.len() == 1_000 && left.contains(&stranger) && left.contains(&agent));
    let gone: Vec<_> = all.iter().filter(|id| !left.contains(id)).collect();
    assert_eq!(gone, [&all[0], &all[1]]);
}

#[test]
fn registrations_of_a_network_are_counted() {
    let in_charge = ("UI_CONFIG_DISABLED", "true");
    let op = TestOp::with_settings(&[in_charge, ("DYNAMIC_CLIENT_REGISTRATION", "token")]);
    let refused: Vec<_> = (0..25).map(|_| register(&op, None, &metadata()).status).collect();
    assert_eq!((refused[0], refused[24]), (401, 429));
}

/// An administrator of the API, and no one else, opens it to unregistered clients.
#[test]
fn apis_that_are_open_to_unregistered_clients_are_open_to_it() {
    let op = provider("token");
    let mut alice = op.person("alice");
    op.change_user(alice.id, |user| user.is_admin = true);
    let resource = "https://mcp.example.com/mcp";
    op.beside(&format!("api create {resource}")).ok();
    op.beside(&format!("api permission add {resource} mcp:tools")).ok();
    let client = client_of(&register(&op, Some(&token(&op, "agents")), &metadata()).json());
    let asks = [PKCE[0], PKCE[1], ("resource", resource), ("scope", "openid mcp:tools groups")];
    let refused = alice.agent.get(&client.authorize_path(&asks));
    assert_eq!(refused.location_param("error").unwrap(), "access_denied");
    let grant = format!("api grant {resource} --metadata-clients --permission mcp:tools");
    op.beside(&grant).ok();
    let tokens = redeem(&op, &client, &alice.code(&client, &asks)).ok().json();
    assert_eq!(tokens["scope"], "openid mcp:tools");
    op.beside(&format!("api revoke {resource} --metadata-clients")).ok();
    let refused = alice.agent.get(&client.authorize_path(&asks));
    assert_eq!(refused.location_param("error").unwrap(), "access_denied");
}
