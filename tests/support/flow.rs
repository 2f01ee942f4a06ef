//! Signing in to a client, as a browser and its application do it together.

use serde_json::{Value, json};

use super::{
    agent::{Agent, Answer},
    op::{TestClient, TestOp},
    soft_authenticator::SoftAuthenticator,
};

/// The RFC 7636 appendix B verifier and its S256 challenge.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A signed-in user with a passkey.
pub(crate) struct Person {
    pub(crate) id: pocketid::model::UserId,
    pub(crate) agent: Agent,
    pub(crate) authenticator: SoftAuthenticator,
}

impl TestOp {
    /// Makes an account with a passkey, and signs it in with it.
    pub(crate) fn person(&self, name: &str) -> Person {
        self.person_with(self.agent(), name)
    }

    /// The same with a browser that reaches the provider in another way.
    pub(crate) fn person_with(&self, mut agent: Agent, name: &str) -> Person {
        let user = self.user(name);
        let code = self.one_time_code(user.id, 600);
        agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
        let mut authenticator = SoftAuthenticator::new(self.base_url());
        authenticator.register(&mut agent).ok();
        agent.cookies.clear();
        authenticator.sign_in(&mut agent).ok();
        Person { id: user.id, agent, authenticator }
    }

    /// Sends a token request with the client's secret in its body.
    pub(crate) fn token(&self, client: &TestClient, fields: &[(&str, &str)]) -> Answer {
        let credentials =
            [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
        self.agent().post_form("/api/oidc/token", &[fields, &credentials].concat())
    }

    /// Exchanges a code.
    pub(crate) fn redeem(&self, client: &TestClient, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", client.redirect_uri.as_str()),
        ];
        self.token(client, &fields)
    }

    /// Uses a refresh token.
    pub(crate) fn refresh(&self, client: &TestClient, refresh_token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.token(client, &fields)
    }

    /// Pushes an authorization request with the client's secret in its body.
    pub(crate) fn push(&self, client: &TestClient, more: &[(&str, &str)]) -> Answer {
        let mut fields = client.authorize_fields(more);
        fields.push(("client_secret".into(), client.secret.clone()));
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.agent().post_form("/api/oidc/par", &fields)
    }

    /// Asks the UserInfo endpoint.
    pub(crate) fn userinfo(&self, access_token: &str) -> Answer {
        let authorization = format!("Bearer {access_token}");
        self.agent().with_header("authorization", &authorization).get("/api/oidc/userinfo")
    }
}

impl TestClient {
    /// The parameters of an authorization request, with `more` in place of or after the usual.
    pub(crate) fn authorize_fields(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let path = self.authorize_path(more);
        let query = path.split_once('?').expect("a query").1;
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The path of an authorization request, with `more` parameters in place of or after the usual.
    pub(crate) fn authorize_path(&self, more: &[(&str, &str)]) -> String {
        let usual = [
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("scope", "openid profile email"),
            ("state", "state-of-the-client"),
            ("nonce", "nonce-of-the-client"),
        ];
        let is_replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
        let kept = usual.iter().filter(|(name, _)| !is_replaced(name));
        let params = kept.chain(more.iter().filter(|(_, value)| !value.is_empty()));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        format!("/authorize?{query}")
    }
}

impl Person {
    /// Goes through an authorization request to the client's redirect URI, doing each step.
    pub(crate) fn authorize(&mut self, client: &TestClient, more: &[(&str, &str)]) -> Answer {
        let answer = self.agent.get(&client.authorize_path(more));
        self.walk(answer)
    }

    /// Goes through to the code.
    #[track_caller]
    pub(crate) fn code(&mut self, client: &TestClient, more: &[(&str, &str)]) -> String {
        let answer = self.authorize(client, more);
        answer.location_param("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// Does the steps of an interaction until there is none.
    pub(crate) fn walk(&mut self, mut answer: Answer) -> Answer {
        while let Some(id) = interaction_id(&answer) {
            let path = format!("/api/oidc/interactions/{id}");
            let step = self.agent.get(&path).ok().json()["currentStep"].clone();
            match step.as_str() {
                Some("authenticate" | "select_account") => {
                    self.authenticator.sign_in(&mut self.agent).ok();
                }
                Some("reauthenticate") => {
                    self.authenticator.reauthenticate(&mut self.agent).ok();
                }
                _ => {}
            }
            let progress = self.complete(&id, &step).ok().json();
            if let Some(url) = progress["redirectUrl"].as_str() {
                answer = self.agent.get(url);
            }
        }
        answer
    }

    /// Takes one step of an interaction.
    pub(crate) fn complete(&mut self, id: &str, step: &Value) -> Answer {
        self.agent.post(&format!("/api/oidc/interactions/{id}/complete"), &json!({"step": step}))
    }
}

/// The interaction that an answer leads to.
pub(crate) fn interaction_id(answer: &Answer) -> Option<String> {
    answer.location().strip_prefix("/interaction?interaction=").map(str::to_owned)
}
