//! Services, which are users that are no people: RFC 7523 §2.1, RFC 7521 §4.1.

mod access;
mod assertions;
mod clients;
mod configuration;
mod federated;
mod hostile;
mod not_people;
mod rest_api;

use pocketid::crypto::{Algorithm, JwkSet, SigningKey, jws};
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    op::{TestClient, TestOp},
};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const REFUSED: &str = "400 invalid_grant";

fn key(kid: &str, algorithm: Algorithm) -> SigningKey {
    let pkcs8 = SigningKey::generate(algorithm).unwrap();
    SigningKey::from_pkcs8(kid.to_owned(), algorithm, &pkcs8).unwrap()
}

/// A file with the public keys.
fn jwks_file(op: &TestOp, name: &str, keys: &[&SigningKey]) -> String {
    let set = JwkSet { keys: keys.iter().map(|key| key.public_jwk()).collect() };
    let path = op.folder().join(name);
    std::fs::write(&path, serde_json::to_string(&set).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A provider with a service that has a key of its own and a client.
struct Scene {
    op: TestOp,
    client: TestClient,
    key: SigningKey,
    id: String,
}

impl Scene {
    fn start() -> Self {
        Self::with_client(TestOp::client)
    }

    fn with_client(make: impl FnOnce(&TestOp) -> TestClient) -> Self {
        Self::at(TestOp::start(), make)
    }

    fn at(op: TestOp, make: impl FnOnce(&TestOp) -> TestClient) -> Self {
        let (client, key) = (make(&op), key("own", Algorithm::Es256));
        let file = jwks_file(&op, "own.json", &[&key]);
        let line = format!("service create ci-deploy --jwks {file} --client {} -o json", client.id);
        let shown: Value = serde_json::from_str(&op.beside(&line).ok()).unwrap();
        let id = shown["id"].as_str().unwrap().to_owned();
        Self { op, client, key, id }
    }

    /// The claims of an assertion, with `changes` in place of the usual; those that are null are left out.
    fn claims(&self, changes: &Value) -> Value {
        let mut claims = json!({
            "iss": "ci-deploy", "sub": "ci-deploy", "aud": self.op.base_url(),
            "jti": self.op.new_id().to_string(),
            "iat": self.op.now().as_unix(), "exp": self.op.now().plus(60).as_unix(),
        });
        let members = claims.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        claims
    }

    fn sign(&self, changes: &Value) -> String {
        jws::sign(&self.key, "JWT", &self.claims(changes))
    }

    /// A request with an assertion, through the client.
    fn send(&self, assertion: &str, more: &[(&str, &str)]) -> Answer {
        self.send_as(&self.client, assertion, more)
    }

    fn send_as(&self, client: &TestClient, assertion: &str, more: &[(&str, &str)]) -> Answer {
        let fields = [("grant_type", GRANT_TYPE), ("assertion", assertion)];
        self.op.token(client, &[&fields[..], more].concat())
    }

    fn token(&self, more: &[(&str, &str)]) -> Value {
        self.send(&self.sign(&json!({})), more).ok().json()
    }

    /// Nothing is left of a refused request.
    #[track_caller]
    fn assert_nothing_was_issued(&self) {
        let counts = (self.op.count("grants"), self.op.count("access_tokens"));
        assert_eq!(counts, (0, 0));
        assert_eq!(self.op.count("service_assertions"), 0);
    }

    fn userinfo(&self, tokens: &Value) -> Answer {
        self.op.userinfo(tokens["access_token"].as_str().unwrap())
    }
}

/// The browser of an administrator who has just signed in.
fn administrator(op: &TestOp) -> Agent {
    let ada = op.person("ada");
    op.change_user(ada.id, |user| user.is_admin = true);
    ada.agent
}
