//! FAPI 2.0 Security Profile: the rules for clients with the profile `fapi2`. Those that hold for
//! every client (codes of a minute, `iss` in the answer, requests good for 90 seconds) have their
//! tests with their standards.

use pocketid::{
    crypto::{Algorithm, JwkSet, jws},
    model::{FederatedIdentity, SecurityProfile},
};
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    dpop::{ProofKey, ask_userinfo},
    flow::{CHALLENGE, Person, VERIFIER},
    op::{TestClient, TestOp},
};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

/// A client of the profile, with its keys.
struct Bank<'a> {
    op: &'a TestOp,
    client: TestClient,
    /// Authenticates it.
    own: ProofKey,
    /// Binds its tokens.
    key: ProofKey,
}

impl<'a> Bank<'a> {
    fn of(op: &'a TestOp, own: Algorithm, key: Algorithm) -> Self {
        let (own, key) = (ProofKey::of(own), ProofKey::of(key));
        let mut jwk = own.key().public_jwk();
        // A client may leave the algorithm of its key open.
        jwk.alg = None;
        let client = op.client_with("https://bank.example.com/callback", move |client| {
            client.security_profile = Some(SecurityProfile::Fapi2);
            client.id_token_signed_response_alg = Algorithm::Es256;
            client.keys.jwks = Some(JwkSet { keys: vec![jwk] });
        });
        Self { op, client, own, key }
    }

    fn new(op: &'a TestOp) -> Self {
        Self::of(op, Algorithm::Es256, Algorithm::Es256)
    }

    fn assertion(&self, changes: &Value) -> String {
        let mut claims = json!({
            "iss": self.client.id, "sub": self.client.id, "aud": self.op.base_url(),
            "jti": self.op.new_id().to_string(),
            "iat": self.op.now().as_unix(), "exp": self.op.now().plus(60).as_unix(),
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        jws::sign(self.own.key(), "JWT", &claims)
    }

    /// Sends a form with an assertion.
    fn send(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        assertion: &str,
        proof: Option<&str>,
    ) -> Answer {
        let own = [
            ("client_id", self.client.id.as_str()),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ];
        let mut agent = proof.map_or_else(|| self.op.agent(), |proof| self.op.proving(proof));
        agent.post_form(path, &[fields, &own].concat())
    }

    fn push(&self, more: &[(&str, &str)]) -> Answer {
        self.push_as(more, &self.assertion(&json!({})))
    }

    fn push_as(&self, more: &[(&str, &str)], assertion: &str) -> Answer {
        let mut fields = self.client.authorize_fields(more);
        fields.retain(|(name, _)| name != "client_id");
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.send("/api/oidc/par", &fields, assertion, None)
    }

    /// The answer that the browser brings back.
    #[track_caller]
    fn authorize(&self, person: &mut Person) -> Answer {
        let pushed = self.push(&PKCE).ok().json();
        let uri = pushed["request_uri"].as_str().unwrap().to_owned();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client.id)
            .append_pair("request_uri", &uri)
            .finish();
        let answer = person.agent.get(&format!("/authorize?{query}"));
        person.walk(answer)
    }

    #[track_caller]
    fn code(&self, person: &mut Person) -> String {
        let answer = self.authorize(person);
        answer.location_param("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    fn redeem(&self, code: &str, proof: Option<&str>) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.client.redirect_uri.as_str()),
            ("code_verifier", VERIFIER),
        ];
        self.send("/api/oidc/token", &fields, &self.assertion(&json!({})), proof)
    }

    fn refresh(&self, token: &str, proof: Option<&str>) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.send("/api/oidc/token", &fields, &self.assertion(&json!({})), proof)
    }

    fn proof(&self) -> String {
        self.key.proof(self.op)
    }
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}

/// §5.4.1: with each of its algorithms, and no other.
#[test]
fn a_user_signs_in_with_the_algorithms_of_the_profile() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for algorithm in [Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa] {
        let bank = Bank::of(&op, algorithm, algorithm);
        let tokens = bank.redeem(&bank.code(&mut alice), Some(&bank.proof())).ok().json();
        assert_eq!(tokens["token_type"], "DPoP");
        bank.key.userinfo(&op, &text(&tokens, "access_token")).ok();
    }
    for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Es384] {
        let bank = Bank::of(&op, algorithm, Algorithm::Es256);
        assert_eq!(bank.push(&PKCE).error(), "401 invalid_client", "{algorithm:?}");
        let bank = Bank::of(&op, Algorithm::Es256, algorithm);
        let code = bank.code(&mut alice);
        let refused = bank.redeem(&code, Some(&bank.proof()));
        assert_eq!(refused.error(), "400 invalid_dpop_proof", "{algorithm:?}");
        let at_par = bank.key.proof_for(&op, "/api/oidc/par");
        let fields = bank.client.authorize_fields(&PKCE);
        let fields: Vec<_> = fields
            .iter()
            .filter(|(name, _)| name != "client_id")
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let pushed =
            bank.send("/api/oidc/par", &fields, &bank.assertion(&json!({})), Some(&at_par));
        assert_eq!(pushed.error(), "400 invalid_dpop_proof", "{algorithm:?}");
    }
}

/// §5.4.1: also at UserInfo, where the same RSA key could sign otherwise.
#[test]
fn a_key_is_not_used_with_another_algorithm_at_userinfo() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let bank = Bank::of(&op, Algorithm::Es256, Algorithm::Ps256);
    let tokens = bank.redeem(&bank.code(&mut alice), Some(&bank.proof())).ok().json();
    let token = text(&tokens, "access_token");
    bank.key.userinfo(&op, &token).ok();
    let claims = ProofKey::userinfo_claims(&op, &token);
    let proof = bank.key.used_with(Algorithm::Rs256).sign(&op, &json!({}), &claims);
    assert_eq!(ask_userinfo(&op, &token, &proof).error(), "401 invalid_dpop_proof");
}

/// §5.3.2.2: requests are pushed, and by an authenticated client.
#[test]
fn a_request_that_was_not_pushed_is_refused() {
    let op = TestOp::start();
    let (bank, mut alice) = (Bank::new(&op), op.person("alice"));
    let answer = alice.authorize(&bank.client, &PKCE);
    assert_eq!(answer.location_param("error").unwrap(), "invalid_request");
    assert_eq!(op.push(&bank.client, &PKCE).error(), "401 invalid_client", "with its secret");
}

/// §5.3.2.2: S256 alone.
#[test]
fn a_code_challenge_is_demanded_and_is_hashed() {
    let op = TestOp::start();
    let bank = Bank::new(&op);
    for more in [
        &[][..],
        &[("code_challenge", VERIFIER)],
        &[("code_challenge", VERIFIER), ("code_challenge_method", "plain")],
    ] {
        assert_eq!(bank.push(more).error(), "400 invalid_request", "{more:?}");
    }
    bank.push(&PKCE).ok();
}

/// §5.3.2.1: `private_key_jwt` alone; §5.3.2.1-8: for the issuer, which is a single text.
#[test]
fn a_client_proves_who_it_is_with_its_key_and_to_the_issuer() {
    let op = TestOp::start();
    let bank = Bank::new(&op);
    let issuer = op.base_url();
    let endpoint = |path: &str| format!("{issuer}{path}");
    for audience in [
        json!([issuer]),
        json!([issuer, endpoint("/api/oidc/token")]),
        json!(endpoint("/api/oidc/token")),
        json!(endpoint("/api/oidc/par")),
        json!(endpoint("/")),
    ] {
        let assertion = || bank.assertion(&json!({ "aud": audience }));
        assert_eq!(bank.push_as(&PKCE, &assertion()).error(), "401 invalid_client", "{audience}");
        let fields = [("grant_type", "client_credentials")];
        let answer = bank.send("/api/oidc/token", &fields, &assertion(), Some(&bank.proof()));
        assert_eq!(answer.error(), "401 invalid_client", "{audience}");
    }
    for path in ["token", "par", "revoke", "introspect", "device/authorize"] {
        let fields = [
            ("client_id", bank.client.id.as_str()),
            ("client_secret", bank.client.secret.as_str()),
            ("grant_type", "client_credentials"),
            ("token", "x"),
        ];
        let answer = op.proving(&bank.proof()).post_form(&format!("/api/oidc/{path}"), &fields);
        assert_eq!(answer.error(), "401 invalid_client", "{path}");
    }
}

/// Tokens of another issuer are not keys of the client.
#[test]
fn a_federated_identity_does_not_authenticate() {
    let op = TestOp::start();
    let key = ProofKey::new();
    let client = op.client_with("https://bank.example.com/callback", |client| {
        client.security_profile = Some(SecurityProfile::Fapi2);
        client.keys.federated_identities = vec![FederatedIdentity {
            issuer: "https://issuer.example.com".into(),
            subject: None,
            audience: None,
            jwks: None,
            replay_protection: false,
        }];
    });
    let claims = json!({
        "iss": "https://issuer.example.com", "sub": client.id, "aud": op.base_url(),
        "exp": op.now().plus(60).as_unix(),
    });
    let assertion = jws::sign(key.key(), "JWT", &claims);
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.id.as_str()),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion.as_str()),
    ];
    let answer = op.agent().post_form("/api/oidc/token", &fields);
    assert_eq!(answer.error(), "401 invalid_client");
}

/// §5.3.2.1: only bound tokens.
#[test]
fn tokens_are_bound_to_a_key() {
    let op = TestOp::start();
    let (bank, mut alice) = (Bank::new(&op), op.person("alice"));
    let code = bank.code(&mut alice);
    assert_eq!(bank.redeem(&code, None).error(), "400 invalid_dpop_proof");
    let tokens = bank.redeem(&code, Some(&bank.proof())).ok().json();
    let token = text(&tokens, "access_token");
    assert_eq!(op.userinfo(&token).error(), "401 invalid_token");
    let refresh_token = text(&tokens, "refresh_token");
    assert_eq!(bank.refresh(&refresh_token, None).error(), "400 invalid_dpop_proof");
    bank.key.userinfo(&op, &token).ok();
}

/// §5.3.2.1-9: the same refresh token is good again and again, and longer with each use.
#[test]
fn refresh_tokens_are_not_rotated() {
    let op = TestOp::start();
    let (bank, mut alice) = (Bank::new(&op), op.person("alice"));
    let tokens = bank.redeem(&bank.code(&mut alice), Some(&bank.proof())).ok().json();
    let refresh_token = text(&tokens, "refresh_token");
    let mut access = vec![text(&tokens, "access_token")];
    for _ in 0..3 {
        op.advance(60);
        let renewed = bank.refresh(&refresh_token, Some(&bank.proof())).ok().json();
        assert_eq!(renewed["refresh_token"], refresh_token.as_str());
        access.push(text(&renewed, "access_token"));
    }
    for token in &access {
        bank.key.userinfo(&op, token).ok();
    }
    assert_eq!((op.count("refresh_tokens"), op.count("access_tokens")), (1, 4));
    op.advance(29 * 86_400);
    bank.refresh(&refresh_token, Some(&bank.proof())).ok();
    op.advance(29 * 86_400);
    bank.refresh(&refresh_token, Some(&bank.proof())).ok();
    op.advance(31 * 86_400);
    let expired = bank.refresh(&refresh_token, Some(&bank.proof()));
    assert_eq!(expired.error(), "400 invalid_grant");
    assert!(!op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));
}

/// Each refresh leaves one access token: the oldest give way, and never the new one, also when all expire
/// together.
#[test]
fn the_access_tokens_of_one_refresh_token_are_bounded() {
    let op = TestOp::start();
    op.stop_clock();
    let (bank, mut alice) = (Bank::new(&op), op.person("alice"));
    let tokens = bank.redeem(&bank.code(&mut alice), Some(&bank.proof())).ok().json();
    let grants = op.texts("SELECT client_id FROM grants");
    assert_eq!(grants.join(" "), bank.client.id);
    let blob = |n: i64| {
        if op.is_postgres() {
            format!("decode(lpad('{n}', 64, '0'), 'hex')")
        } else {
            format!("CAST(printf('%032d', {n}) AS BLOB)")
        }
    };
    let at = op.now().plus(3_600).as_unix();
    for n in 0..150 {
        op.execute(&format!(
            "INSERT INTO access_tokens (grant_id, token_digest, expires_at)
             SELECT id, {}, {at} FROM grants",
            blob(n)
        ));
    }
    let renewed = bank.refresh(&text(&tokens, "refresh_token"), Some(&bank.proof())).ok().json();
    assert_eq!(op.count("access_tokens"), 100);
    bank.key.userinfo(&op, &text(&renewed, "access_token")).ok();
}

/// RFC 6749 §4.1.2: the answer has a code, the state and the issuer.
#[test]
fn the_answer_has_no_scope() {
    let op = TestOp::start();
    let (bank, mut alice) = (Bank::new(&op), op.person("alice"));
    let answer = bank.authorize(&mut alice);
    assert_eq!(answer.location_param("scope"), None);
    assert_eq!(answer.location_param("iss").unwrap(), op.base_url());
    assert_eq!(answer.location_param("state").unwrap(), "state-of-the-client");
    assert!(answer.location_param("code").is_some());
}

/// §5.4.1: nothing is signed with `none`.
#[test]
fn an_unsigned_request_object_is_refused() {
    let op = TestOp::start();
    let bank = Bank::new(&op);
    let fields = [("request", "eyJhbGciOiJub25lIn0.e30.")];
    let answer = bank.send("/api/oidc/par", &fields, &bank.assertion(&json!({})), None);
    assert_eq!(answer.error(), "400 request_not_supported");
}

/// §5.4.1 and RFC 9101: signed ones are taken.
#[test]
fn a_signed_request_object_is_taken() {
    let op = TestOp::start();
    let bank = Bank::new(&op);
    let claims = json!({
        "iss": bank.client.id, "aud": op.base_url(), "client_id": bank.client.id,
        "response_type": "code", "redirect_uri": bank.client.redirect_uri, "scope": "openid",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    });
    let request = jws::sign(bank.own.key(), "oauth-authz-req+jwt", &claims);
    let assertion = bank.assertion(&json!({}));
    bank.send("/api/oidc/par", &[("request", &request)], &assertion, None).ok();
}

/// §5.3.2.1: redirect URIs are registered and exact; the first sign-in chooses none.
#[test]
fn a_client_without_a_callback_takes_none_from_its_first_request() {
    let op = TestOp::start();
    let own = ProofKey::new();
    let jwk = own.key().public_jwk();
    let client = op.client_with("https://bank.example.com/callback", move |client| {
        client.security_profile = Some(SecurityProfile::Fapi2);
        client.id_token_signed_response_alg = Algorithm::Es256;
        client.redirect_uris.clear();
        client.keys.jwks = Some(JwkSet { keys: vec![jwk] });
    });
    let bank = Bank { op: &op, client, own, key: ProofKey::new() };
    let refused = bank.push(&PKCE);
    assert_eq!(refused.error(), "400 invalid_request");
    assert!(refused.text().contains("not registered"), "{}", refused.text());
}
