//! RFC 8693: a client that got the token of a user gets another one, with which it acts for the user.

mod bound;
mod through;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::{
    crypto::{JwkSet, VerifyingKey, jws},
    model::{Client, ClientType, ExchangeRule, SubjectType, UserId},
};
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    flow::Person,
    op::{TestClient, TestOp},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ORDERS: &str = "https://orders.example.com";
const STOCK: &str = "https://stock.example.com";

/// An application, and the client of the API of orders that asks the API of the stock for its users.
struct Shop {
    op: TestOp,
    web: TestClient,
    orders: TestClient,
    alice: Person,
}

fn rules(json: Value) -> Vec<ExchangeRule> {
    serde_json::from_value(json).expect("rules")
}

fn client(op: &TestOp, exchanges: Value, change: impl FnOnce(&mut Client)) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.token_exchanges = rules(exchanges);
        change(client);
    })
}

impl Shop {
    fn open() -> Self {
        Self::with(json!([{"subjectApi": ORDERS, "target": STOCK, "scope": "stock:read"}]), |_| {})
    }

    fn with(exchanges: Value, change: impl FnOnce(&mut Client)) -> Self {
        let op = TestOp::with_settings(&[
            ("TRUST_PROXY", "127.0.0.1"),
            ("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate"),
        ]);
        let orders_api = op.api(ORDERS, &["read", "orders:read"]);
        let stock_api = op.api(STOCK, &["read", "stock:read", "stock:write"]);
        let web = op.client();
        op.let_use(&web, orders_api, SubjectType::User, &["read", "orders:read"]);
        let orders = client(&op, exchanges, change);
        let keys = ["read", "stock:read", "stock:write"];
        op.let_use(&orders, stock_api, SubjectType::User, &keys);
        let alice = op.person("alice");
        Self { op, web, orders, alice }
    }

    fn sign_in(&mut self, scope: &str) -> Value {
        let code = self.alice.code(&self.web, &[("resource", ORDERS), ("scope", scope)]);
        self.op.redeem(&self.web, &code).ok().json()
    }

    /// A token of the user for the API of orders.
    fn token(&mut self) -> String {
        text(&self.sign_in("openid read offline_access"), "access_token")
    }

    fn exchange(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        exchange(&self.op, &self.orders, token, more)
    }

    fn is_active(&self, client: &TestClient, token: &str) -> bool {
        introspect(&self.op, client, token)["active"] == true
    }
}

fn fields<'a>(token: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("grant_type", GRANT),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
        ("resource", STOCK),
    ];
    let is_replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
    let kept = usual.into_iter().filter(|(name, _)| !is_replaced(name));
    kept.chain(more.iter().copied().filter(|(_, value)| !value.is_empty())).collect()
}

fn exchange(op: &TestOp, client: &TestClient, token: &str, more: &[(&str, &str)]) -> Answer {
    op.token(client, &fields(token, more))
}

fn introspect(op: &TestOp, client: &TestClient, token: &str) -> Value {
    let fields = [("token", token), ("client_id", &client.id), ("client_secret", &client.secret)];
    op.agent().post_form("/api/oidc/introspect", &fields).ok().json()
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

/// The token with another scope, and the old signature.
fn with_scope(token: &str, scope: &str) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    let mut claims = claims(token);
    claims["scope"] = json!(scope);
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    parts[1] = &claims;
    parts.join(".")
}

/// §2.2.1, §4.1, §4.3.
#[test]
fn a_client_gets_a_token_with_which_it_acts_for_the_user() {
    let mut shop = Shop::open();
    let token = shop.token();

    let answer = shop.exchange(&token, &[]).ok();

    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    assert_eq!(answer["issued_token_type"], ACCESS_TOKEN);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["scope"], "read stock:read");
    assert!(answer.get("refresh_token").is_none() && answer.get("id_token").is_none());
    let exchanged = text(&answer, "access_token");
    let set: JwkSet =
        serde_json::from_value(shop.op.agent().get("/.well-known/jwks.json").ok().json()).unwrap();
    let find = |algorithm, kid: Option<&str>| {
        let keys = set.keys.iter().filter(|key| key.kid.as_deref() == kid);
        keys.filter_map(|key| VerifyingKey::from_jwk(key, algorithm)).collect()
    };
    let (header, new) = jws::verify::<Value>(&exchanged, find).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(new["sub"], shop.alice.id.to_string());
    assert_eq!(new["aud"], json!([STOCK]));
    assert_eq!(new["client_id"], shop.orders.id);
    assert_eq!(new["act"], json!({"sub": format!("client-{}", shop.orders.id)}));
    assert_eq!(new["scope"], "read stock:read");
    assert!(new["exp"].as_i64() <= claims(&token)["exp"].as_i64());
    let described = introspect(&shop.op, &shop.orders, &exchanged);
    for name in ["sub", "aud", "act", "scope", "exp", "client_id"] {
        assert_eq!(described[name], new[name], "{name}");
    }
    assert_eq!(described["username"], "alice");
    assert_eq!(described["token_type"], "Bearer");
    // It is of no use at our own endpoints, and to nobody else.
    assert_eq!(shop.op.userinfo(&exchanged).error(), "403 insufficient_scope");
    assert!(!shop.is_active(&shop.web, &exchanged));
    let mut bearer = shop.op.agent().with_header("authorization", &format!("Bearer {exchanged}"));
    let refused = bearer.post_form("/api/oidc/introspect", &[("token", &token)]);
    assert_eq!(refused.error(), "401 invalid_client");
    // The exchanged token works on.
    shop.op.userinfo(&token).ok();
}

/// One entry for the client and the sign-in, and not one for each call.
#[test]
fn the_audit_log_tells_of_the_first_exchange() {
    let mut shop = Shop::open();
    let token = shop.token();
    for _ in 0..3 {
        shop.exchange(&token, &[]).ok();
    }
    let kinds = shop.op.audit_kinds();
    assert_eq!(kinds.iter().filter(|kind| kind.starts_with("TOKEN_EXCHANGED")).count(), 1);
    let data = shop.op.texts("SELECT data FROM audit_events WHERE kind = 'TOKEN_EXCHANGED'");
    let data: Value = serde_json::from_str(&data[0]).expect("JSON");
    assert_eq!(data["subjectClientId"], shop.web.id);
    assert_eq!(data["resource"], STOCK);
    assert_eq!(shop.op.count("exchanged_tokens"), 3);
}

/// §2.1, §2.2.2, and RFC 8707 §2.
#[test]
fn a_request_that_is_not_an_allowed_exchange_is_refused() {
    let mut shop = Shop::open();
    let answer = shop.sign_in("openid read offline_access");
    let token = text(&answer, "access_token");
    let (id_token, refresh_token) = (text(&answer, "id_token"), text(&answer, "refresh_token"));
    let (op, other_api) = (&shop.op, "https://other.example.com");
    op.api(other_api, &["read"]);
    let for_itself = [("grant_type", "client_credentials")];
    let own = text(&op.token(&shop.orders, &for_itself).ok().json(), "access_token");
    let of_web = text(&op.token(&shop.web, &for_itself).ok().json(), "access_token");
    let forged = with_scope(&token, "read stock:write");
    let for_web =
        text(&op.redeem(&shop.web, &shop.alice.code(&shop.web, &[])).ok().json(), "access_token");
    let jwt = "urn:ietf:params:oauth:token-type:jwt";
    let id_type = "urn:ietf:params:oauth:token-type:id_token";
    let refresh_type = "urn:ietf:params:oauth:token-type:refresh_token";
    let (bad, target, scope) = ("400 invalid_request", "400 invalid_target", "400 invalid_scope");
    for (subject, more, error) in [
        ("", &[][..], bad),
        (&*token, &[("subject_token_type", "")], bad),
        (&token, &[("subject_token_type", jwt)], bad),
        (&id_token, &[("subject_token_type", id_type)], bad),
        (&refresh_token, &[("subject_token_type", refresh_type)], bad),
        (&token, &[("requested_token_type", refresh_type)], bad),
        (&token, &[("requested_token_type", id_type)], bad),
        (&id_token, &[], bad),
        (&refresh_token, &[], bad),
        ("x", &[], bad),
        ("a.b.c", &[], bad),
        (&forged, &[], bad),
        (&token[..token.len() - 1], &[], bad),
        (&own, &[], bad),
        (&of_web, &[], bad),
        (&for_web, &[], bad),
        (&token, &[("resource", "")], target),
        (&token, &[("resource", "stock")], target),
        (&token, &[("resource", "https://unknown.example.com")], target),
        (&token, &[("resource", other_api)], target),
        (&token, &[("resource", ORDERS)], target),
        (&token, &[("resource", ""), ("audience", "stock")], target),
        (&token, &[("audience", other_api)], target),
        (&token, &[("scope", "stock:write")], scope),
        (&token, &[("scope", "read stock:write")], scope),
        (&token, &[("scope", "orders:read")], scope),
        (&token, &[("scope", "openid")], scope),
        (&token, &[("scope", "unknown")], scope),
    ] {
        let refused = exchange(op, &shop.orders, subject, more);
        assert_eq!(refused.error(), error, "{subject:.20} {more:?} {}", refused.text());
    }
    let long = format!("{token}{}", "A".repeat(9_000));
    assert_ne!(exchange(op, &shop.orders, &long, &[]).status, 200);
    assert_eq!(op.count("exchanged_tokens"), 0);
}

/// §2.1: which client asks, and the ways in which it may.
#[test]
fn a_client_exchanges_only_if_it_proves_itself_and_was_allowed_to() {
    let mut shop = Shop::open();
    let token = shop.token();
    let op = &shop.op;
    // Who was not allowed to, whose user they may be.
    let unauthorized = "400 unauthorized_client";
    assert_eq!(exchange(op, &shop.web, &token, &[]).error(), unauthorized);
    let allowed = json!([{"subjectApi": ORDERS, "target": STOCK}]);
    let public = client(op, allowed, |client| client.client_type = ClientType::Public);
    let mut all = fields(&token, &[]);
    all.push(("client_id", &public.id));
    let refused = op.agent().post_form("/api/oidc/token", &all);
    assert_eq!(refused.error(), unauthorized);
    let stranger = TestClient { secret: "wrong".into(), ..shop.orders.clone() };
    assert_eq!(exchange(op, &stranger, &token, &[]).error(), "401 invalid_client");
    assert_eq!(op.count("exchanged_tokens"), 0);
    // The ways that are right.
    for more in [
        &[("scope", "read")][..],
        &[("audience", STOCK)],
        &[("resource", ""), ("audience", STOCK)],
        &[("requested_token_type", ACCESS_TOKEN)],
    ] {
        exchange(op, &shop.orders, &token, more).ok();
    }
}

/// §2.1: the acting party is the client, whether or not a token of its own says so.
#[test]
fn an_actor_token_is_one_of_the_client_itself() {
    let mut shop = Shop::open();
    let token = shop.token();
    let for_itself = [("grant_type", "client_credentials")];
    let ask =
        |client: &TestClient| text(&shop.op.token(client, &for_itself).ok().json(), "access_token");
    let (own, of_web) = (ask(&shop.orders), ask(&shop.web));
    let jwt = "urn:ietf:params:oauth:token-type:jwt";
    for more in [
        &[("actor_token", &*own)][..],
        &[("actor_token_type", ACCESS_TOKEN)],
        &[("actor_token", &own), ("actor_token_type", jwt)],
        &[("actor_token", &of_web), ("actor_token_type", ACCESS_TOKEN)],
        &[("actor_token", &token), ("actor_token_type", ACCESS_TOKEN)],
        &[("actor_token", "x"), ("actor_token_type", ACCESS_TOKEN)],
    ] {
        assert_eq!(shop.exchange(&token, more).error(), "400 invalid_request", "{more:?}");
    }
    shop.exchange(&token, &[("actor_token", &own), ("actor_token_type", ACCESS_TOKEN)]).ok();
    shop.op.advance(3_500);
    let late = shop.token();
    shop.op.advance(101);
    let expired = [("actor_token", &*own), ("actor_token_type", ACCESS_TOKEN)];
    assert_eq!(shop.exchange(&late, &expired).error(), "400 invalid_request");
}

/// Without permissions in the rule, a scope has to be in the exchanged token.
#[test]
fn a_scope_is_not_widened_unless_an_administrator_said_so() {
    let mut shop = Shop::with(json!([{"subjectApi": ORDERS, "target": STOCK}]), |_| {});
    let token = shop.token();
    assert_eq!(shop.exchange(&token, &[]).ok().json()["scope"], "read");
    assert_eq!(shop.exchange(&token, &[("scope", "stock:read")]).error(), "400 invalid_scope");
    let narrow = text(&shop.sign_in("openid orders:read"), "access_token");
    let answer = shop.exchange(&narrow, &[]).ok().json();
    assert_eq!(answer.get("scope"), None, "an audience, and no permission");
    assert_eq!(shop.exchange(&narrow, &[("scope", "read")]).error(), "400 invalid_scope");
}

/// A client may also exchange tokens that were issued to one client, and are for no API.
#[test]
fn tokens_of_a_client_are_exchanged_where_that_is_allowed() {
    let mut shop = Shop::open();
    let rule = json!([{"subjectClient": shop.web.id, "target": STOCK, "scope": "stock:read"}]);
    let gateway = client(&shop.op, rule, |_| {});
    shop.op.execute(&format!(
        "INSERT INTO api_grants (api_id, client_id, subject_type)
         SELECT id, '{}', 'user' FROM apis WHERE resource = '{STOCK}'",
        gateway.id
    ));
    let code = shop.alice.code(&shop.web, &[]);
    let token = text(&shop.op.redeem(&shop.web, &code).ok().json(), "access_token");
    exchange(&shop.op, &gateway, &token, &[]).ok();
    let for_orders = shop.token();
    let refused = exchange(&shop.op, &gateway, &for_orders, &[]);
    assert_eq!(refused.error(), "400 invalid_request", "that is for an API");
    let other = shop.op.client();
    let code = shop.alice.code(&other, &[]);
    let token = text(&shop.op.redeem(&other, &code).ok().json(), "access_token");
    assert_eq!(exchange(&shop.op, &gateway, &token, &[]).error(), "400 invalid_request");
}

/// The new token ends with the exchanged one, whatever ends that.
#[test]
fn an_exchanged_token_ends_with_what_it_was_exchanged_for() {
    type End = fn(&mut Shop, &str, &Value);
    let revoke = |shop: &Shop, client: &TestClient, token: &str| {
        let fields =
            [("token", token), ("client_id", &*client.id), ("client_secret", &*client.secret)];
        shop.op.agent().post_form("/api/oidc/revoke", &fields).ok();
    };
    fn disable(shop: &Shop, id: UserId) {
        shop.op.change_user(id, |user| user.disabled = true);
    }
    let ends: [(&str, End); 5] = [
        ("the user is disabled", |shop, _, _| disable(shop, shop.alice.id)),
        ("the grant is revoked", |shop, _, _| {
            shop.op.execute("UPDATE grants SET revoked_at = 1");
        }),
        ("the refresh token is used", |shop, _, answer| {
            shop.op.refresh(&shop.web, &text(answer, "refresh_token")).ok();
        }),
        ("the user leaves the groups of the client", |shop, _, _| {
            shop.op.execute("UPDATE clients SET is_group_restricted = 1");
        }),
        ("time passes", |shop, _, _| shop.op.advance(3_600)),
    ];
    for (case, end) in ends {
        let mut shop = Shop::open();
        let answer = shop.sign_in("openid read offline_access");
        let token = text(&answer, "access_token");
        shop.op.advance(100);
        let exchanged = text(&shop.exchange(&token, &[]).ok().json(), "access_token");
        assert_eq!(claims(&exchanged)["exp"], claims(&token)["exp"], "{case}");
        assert!(shop.is_active(&shop.orders, &exchanged), "{case}");
        end(&mut shop, &token, &answer);
        assert!(!shop.is_active(&shop.orders, &exchanged), "{case}");
        assert_eq!(shop.op.userinfo(&exchanged).error(), "401 invalid_token", "{case}");
        assert_eq!(shop.exchange(&token, &[]).error(), "400 invalid_request", "{case}");
    }
    let mut shop = Shop::open();
    let token = shop.token();
    let exchanged = text(&shop.exchange(&token, &[]).ok().json(), "access_token");
    let other = text(&shop.exchange(&token, &[]).ok().json(), "access_token");
    revoke(&shop, &shop.orders, &exchanged);
    assert!(!shop.is_active(&shop.orders, &exchanged), "it was revoked itself");
    assert!(shop.is_active(&shop.orders, &other), "and alone");
    revoke(&shop, &shop.web, &token);
    assert!(!shop.is_active(&shop.orders, &other), "with the access token");
    assert_eq!(shop.op.count("exchanged_tokens"), 0);
    let token = shop.token();
    shop.exchange(&token, &[]).ok();
    shop.op.advance(3_601);
    shop.op.clean_up();
    assert_eq!(shop.op.count("exchanged_tokens"), 0, "cleaned up");
}

/// A lifetime of the client's own counts where it is shorter.
#[test]
fn an_exchanged_token_lives_no_longer_than_those_of_its_client() {
    let rule = json!([{"subjectApi": ORDERS, "target": STOCK}]);
    let mut shop = Shop::with(rule, |client| client.access_token_seconds = 60);
    let token = shop.token();
    assert_eq!(shop.exchange(&token, &[]).ok().json()["expires_in"], 60);
    shop.op.advance(3_570);
    let seconds = shop.exchange(&token, &[]).ok().json()["expires_in"].as_i64();
    // The clock goes on meanwhile.
    assert!((1..=30).contains(&seconds.unwrap()), "{seconds:?}");
}

/// §4.1: clients that call one another are all in the token, up to a number of them.
#[test]
fn a_chain_of_clients_is_told_and_bounded() {
    let mut shop = Shop::open();
    let op = &shop.op;
    let name =
        |n: usize| if n == 0 { ORDERS.to_owned() } else { format!("https://{n}.example.com") };
    let apis: Vec<_> = (1..=6).map(|n| op.api(&name(n), &["read"])).collect();
    let clients: Vec<_> = (0..6)
        .map(|n| {
            let rule = json!([{"subjectApi": name(n), "target": name(n + 1)}]);
            let client = client(op, rule, |_| {});
            op.let_use(&client, apis[n], SubjectType::User, &["read"]);
            client
        })
        .collect();
    let circle = json!([
        {"subjectApi": name(0), "target": name(1)}, {"subjectApi": name(1), "target": name(2)}
    ]);
    let circling = client(op, circle, |_| {});
    for api in &apis[..2] {
        op.let_use(&circling, *api, SubjectType::User, &["read"]);
    }
    let code = shop.alice.code(&shop.web, &[("resource", ORDERS), ("scope", "openid read")]);
    let first = text(&op.redeem(&shop.web, &code).ok().json(), "access_token");

    let mut tokens = vec![first.clone()];
    for n in 0..4 {
        let target = [("resource", &*name(n + 1))];
        let answer = exchange(op, &clients[n], &tokens[n], &target).ok().json();
        tokens.push(text(&answer, "access_token"));
    }

    let mut act = &claims(&tokens[4])["act"];
    let whole = act.clone();
    for n in (0..4).rev() {
        assert_eq!(act["sub"], format!("client-{}", clients[n].id), "{whole}");
        act = &act["act"];
    }
    assert!(act.is_null());
    let target = [("resource", &*name(5))];
    let refused = exchange(op, &clients[4], &tokens[4], &target);
    assert_eq!(refused.error(), "400 invalid_request", "too long");
    let target = [("resource", &*name(1))];
    let once = text(&exchange(op, &circling, &first, &target).ok().json(), "access_token");
    let target = [("resource", &*name(2))];
    let refused = exchange(op, &circling, &once, &target);
    assert_eq!(refused.error(), "400 invalid_request", "a circle");
    // What is in between ends what comes after.
    let fields = [
        ("token", &*tokens[2]),
        ("client_id", &*clients[1].id),
        ("client_secret", &*clients[1].secret),
    ];
    op.agent().post_form("/api/oidc/revoke", &fields).ok();
    let is_active = |n: usize| introspect(op, &clients[n - 1], &tokens[n])["active"] == true;
    assert!(is_active(1) && !is_active(2) && !is_active(3) && !is_active(4));
}

/// Each token is a row until it expires.
#[test]
fn exchanges_of_one_sign_in_are_counted() {
    let mut shop = Shop::open();
    let token = shop.token();
    let refused = (0..400).map(|number| {
        // Of all requests, an address has one more every ten milliseconds.
        shop.op.advance(i64::from(number % 100 == 99));
        shop.exchange(&token, &[])
    });
    let refused = refused.skip(300).find(|answer| answer.status != 200).expect("a limit");
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(!refused.header("retry-after").is_empty());
}

/// RFC 8414 §2.
#[test]
fn the_metadata_name_the_grant_type() {
    let op = TestOp::start();
    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
}
