//! Keys of clients, and the proofs that they make with them (RFC 9449).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::crypto::{Algorithm, Digest, SigningKey};
use serde_json::{Value, json};

use super::{
    agent::{Agent, Answer},
    op::{TestClient, TestOp},
};

/// A key of a client.
pub(crate) struct ProofKey {
    key: SigningKey,
    pkcs8: Vec<u8>,
}

impl ProofKey {
    /// A new key for ES256.
    pub(crate) fn new() -> Self {
        Self::of(Algorithm::Es256)
    }

    /// A new key of any algorithm.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        let pkcs8 = SigningKey::generate(algorithm).expect("a key");
        Self::read(algorithm, pkcs8.to_vec())
    }

    /// The same key, used with another algorithm.
    pub(crate) fn used_with(&self, algorithm: Algorithm) -> Self {
        Self::read(algorithm, self.pkcs8.clone())
    }

    fn read(algorithm: Algorithm, pkcs8: Vec<u8>) -> Self {
        let key = SigningKey::from_pkcs8("own".to_owned(), algorithm, &pkcs8).expect("a key");
        Self { key, pkcs8 }
    }

    /// Its thumbprint.
    pub(crate) fn jkt(&self) -> String {
        self.key.public_jwk().thumbprint().as_str().to_owned()
    }

    /// Its public JWK.
    pub(crate) fn jwk(&self) -> Value {
        serde_json::to_value(self.key.public_jwk()).expect("a JWK")
    }

    /// The key itself.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// A proof with `header` and `claims` in place of the usual; those that are null are left out.
    pub(crate) fn sign(&self, op: &TestOp, header: &Value, claims: &Value) -> String {
        let usual = json!({
            "alg": self.key.algorithm().as_str(), "typ": "dpop+jwt", "jwk": self.jwk(),
        });
        let own = json!({
            "jti": op.new_id().to_string(),
            "htm": "POST",
            "htu": format!("{}/api/oidc/token", op.base_url()),
            "iat": op.now().as_unix(),
        });
        let signed = format!("{}.{}", part(usual, header), part(own, claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// A proof for the token endpoint.
    pub(crate) fn proof(&self, op: &TestOp) -> String {
        self.sign(op, &json!({}), &json!({}))
    }

    /// A proof for a `POST` to another endpoint.
    pub(crate) fn proof_for(&self, op: &TestOp, path: &str) -> String {
        self.sign(op, &json!({}), &json!({"htu": format!("{}{path}", op.base_url())}))
    }

    /// The claims of a proof for UserInfo.
    pub(crate) fn userinfo_claims(op: &TestOp, token: &str) -> Value {
        json!({
            "htm": "GET",
            "htu": format!("{}/api/oidc/userinfo", op.base_url()),
            "ath": Digest::of(token).base64url(),
        })
    }

    /// Asks the UserInfo endpoint.
    pub(crate) fn userinfo(&self, op: &TestOp, token: &str) -> Answer {
        let proof = self.sign(op, &json!({}), &Self::userinfo_claims(op, token));
        ask_userinfo(op, token, &proof)
    }
}

/// Asks the UserInfo endpoint with this proof.
pub(crate) fn ask_userinfo(op: &TestOp, token: &str, proof: &str) -> Answer {
    let agent = op.agent().with_header("authorization", &format!("DPoP {token}"));
    agent.with_header("dpop", proof).get("/api/oidc/userinfo")
}

impl TestOp {
    /// A browser or a server that sends this proof.
    pub(crate) fn proving(&self, proof: &str) -> Agent {
        self.agent().with_header("dpop", proof)
    }

    /// Exchanges a code with a proof.
    pub(crate) fn redeem_with(&self, client: &TestClient, code: &str, proof: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", client.redirect_uri.as_str()),
        ];
        self.token_with(client, &fields, proof)
    }

    /// Sends a token request with a proof, and with the client's secret if it has one.
    pub(crate) fn token_with(
        &self,
        client: &TestClient,
        fields: &[(&str, &str)],
        proof: &str,
    ) -> Answer {
        let mut all = fields.to_vec();
        all.push(("client_id", &client.id));
        all.extend((!client.secret.is_empty()).then_some(("client_secret", &*client.secret)));
        self.proving(proof).post_form("/api/oidc/token", &all)
    }
}

fn part(mut usual: Value, changes: &Value) -> String {
    let members = usual.as_object_mut().expect("an object");
    members.extend(changes.as_object().expect("an object").clone());
    members.retain(|_, value| !value.is_null());
    BASE64_URL_SAFE_NO_PAD.encode(usual.to_string())
}
