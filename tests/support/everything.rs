//! A provider that has one of everything, so that each endpoint can be asked about something.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tempfile::TempDir;

use pocketid::model::RegistrationPolicy;

use super::{
    agent::Agent,
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
    sshd::new_key,
    wait_until,
};

/// An id that nothing has.
pub(crate) const UNKNOWN: &str = "018f0000-0000-7000-8000-000000000000";

/// A provider with an administrator, a user, and one of everything else.
pub(crate) struct Everything {
    pub(crate) op: TestOp,
    /// An administrator, signed in with a passkey.
    pub(crate) root: Person,
    /// A user, signed in with a passkey.
    pub(crate) alice: Person,
    /// A browser without a session, which asks to be let in by another device.
    pub(crate) device: Agent,
    /// The values for `{name}` in paths and in bodies.
    values: BTreeMap<&'static str, String>,
    /// Where its backups are.
    _backups: TempDir,
}

impl Everything {
    pub(crate) fn new() -> Self {
        let backups = tempfile::tempdir().expect("a temporary folder");
        let op = TestOp::with_settings(&[
            ("DISABLE_RATE_LIMITING", "true"),
            ("BACKUP_TARGET", backups.path().to_str().expect("a plain path")),
            ("BACKUP_PASSPHRASE", "a passphrase for tests"),
        ]);
        let root = op.person("root");
        op.change_user(root.id, |user| user.is_admin = true);
        let alice = op.person("alice");
        let device = op.agent().with_header("prefer", "wait=0");
        let mut all = Self { op, root, alice, device, values: BTreeMap::new(), _backups: backups };
        all.furnish();
        all
    }

    /// An API key of the administrator or of the user.
    pub(crate) fn key_of(&self, name: &str) -> String {
        let key = self.op.beside(&format!("api-key create of-{name} --for {name}")).ok();
        key.trim().to_owned()
    }

    fn furnish(&mut self) {
        let client = self.op.client();
        self.furnish_accounts();
        self.furnish_clients(&client);
        self.furnish_sign_in(&client);
        self.furnish_ssh();
    }

    fn furnish_ssh(&mut self) {
        let agent = &mut self.root.agent;
        agent.json(hyper::Method::PUT, "/api/ssh-authority", &Value::Null).ok();
        let keys = agent.post("/api/ssh-ca-keys", &json!({ "kind": "host" })).ok().json();
        let keys = keys.as_array().expect("a list").clone();
        let next = keys.iter().find(|key| key["state"] == "next").expect("the new key");
        let group = self.op.group("admins", &[self.root.id]);
        let account = json!({ "account": "root", "allowedUserGroupIds": [group] });
        let account = self.root.agent.post("/api/ssh-accounts", &account).ok().json();
        let key = new_key(&["-t", "ed25519"]);
        let host = json!({ "publicKey": key, "names": ["db1"] });
        let host = self.root.agent.post("/api/ssh-host-certificates", &host).ok().json();
        let token = self.op.ssh_token(&mut self.root);
        let agent = self.op.agent().with_header("authorization", &format!("Bearer {token}"));
        let mut agent = agent;
        let own = agent.post("/api/ssh/certificates", &json!({ "publicKey": key })).ok().json();
        self.set("ssh_key", &text(&next["id"]));
        self.set("ssh_account", &text(&account["id"]));
        self.set("ssh_certificate", &text(&host["id"]));
        self.set("own_ssh_certificate", &text(&own["id"]));
        self.set("public_key", &key.trim());
    }

    fn furnish_accounts(&mut self) {
        let (root, alice) = (self.root.id, self.alice.id);
        let bob = self.op.user("bob");
        // Second sessions, which are the newest: they may be ended.
        self.root.authenticator.sign_in(&mut self.op.agent()).ok();
        self.alice.authenticator.sign_in(&mut self.op.agent()).ok();
        self.set("user", &alice);
        let issuer = json!({ "issuer": "https://login.example.org" });
        self.set("asserted_subject", &self.op.assert_subject(alice, issuer, "1"));
        self.set("code", &self.op.one_time_code(bob.id, 600));
        self.set("group", &self.op.group("staff", &[alice]));
        for (name, path) in [
            ("session", format!("/api/users/{alice}/sessions")),
            ("own_session", format!("/api/users/{root}/sessions")),
            ("credential", format!("/api/users/{alice}/webauthn-credentials")),
            ("own_credential", "/api/webauthn/credentials".to_owned()),
        ] {
            let listed = self.root.agent.get(&path).ok().json();
            self.set(name, &text(&listed[0]["id"]));
        }
        let tomorrow = self.op.now().plus(86_400);
        let key = json!({ "name": "script", "expiresAt": tomorrow.to_string() });
        let key = self.root.agent.post("/api/api-keys", &key).ok().json();
        self.set("key", &text(&key["apiKey"]["id"]));
        self.set("tomorrow", &tomorrow);
        let token = self.root.agent.post("/api/scim/tokens", &json!({ "name": "hr" })).ok().json();
        self.set("scim_token", &text(&token["scimToken"]["id"]));
        let token = json!({ "name": "agents" });
        let token = self.root.agent.post("/api/oidc/registration-tokens", &token).ok().json();
        self.set("registration_token", &text(&token["registrationToken"]["id"]));
        self.op.beside("config set dynamicClientRegistration approval").ok();
        wait_until(|| self.op.config().registration_policy() == RegistrationPolicy::Approval);
        let metadata = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
        for name in ["client_request", "registered"] {
            let made = self.op.agent().post("/api/oidc/register", &metadata).json();
            self.set(name, &text(&made["client_id"]));
        }
        let service = self.root.agent.post("/api/services", &json!({ "username": "ci-deploy" }));
        self.set("service", &text(&service.json()["id"]));
        let invitation = self.root.agent.post("/api/signup-tokens", &json!({ "usageLimit": 1 }));
        self.set("invitation", &text(&invitation.ok().json()["id"]));
        let waiting = self.device.post("/api/device-login/requests", &json!(null)).ok().json();
        self.set("device_login", &text(&waiting["id"]));
        let backup = self.root.agent.post("/api/backups", &json!(null)).ok().json();
        self.set("backup", &text(&backup["name"]));
        // The name of the next one has another second.
        self.op.advance(1);
        self.set("image", &"background");
        self.set("recipe", &"linkding");
        let listed = self.root.agent.get("/api/application-configuration/all").ok().json();
        let config = listed.as_array().expect("a list").iter();
        let config = config.map(|one| (text(&one["key"]), one["value"].clone()));
        self.set("config", &Value::from_iter(config));
    }

    fn furnish_clients(&mut self, client: &TestClient) {
        self.set("client", &client.id);
        self.set("client_secret", &client.secret);
        self.set("other_client", &self.op.client().id);
        self.op.set_logo(client, "image/png", b"\x89PNG\r\n\x1a\n");
        let path = format!("/api/oidc/clients/{}/secrets", client.id);
        let secret = self.root.agent.post(&path, &json!({})).ok().json();
        self.set("secret_id", &text(&secret["id"]));
        let api = json!({ "name": "Orders", "resource": "https://orders.example.org" });
        let api = text(&self.root.agent.post("/api/apis", &api).ok().json()["id"]);
        let read = json!({ "permissions": [{ "key": "orders:read", "name": "Read" }] });
        let path = format!("/api/apis/{api}/permissions");
        let with_permission = self.root.agent.json(hyper::Method::PUT, &path, &read).ok().json();
        self.set("permission", &text(&with_permission["permissions"][0]["id"]));
        self.set("api", &api);
        let provider = json!({ "endpoint": "https://scim.example.org", "oidcClientId": client.id });
        let provider = self.root.agent.post("/api/scim/service-provider", &provider).ok().json();
        self.set("scim_provider", &text(&provider["id"]));
        let webhook = json!({ "name": "alerts", "url": "https://alerts.example.org/hook", "isEnabled": false });
        let webhook = self.root.agent.post("/api/webhooks", &webhook).ok().json();
        self.set("webhook", &text(&webhook["id"]));
        let host = json!({ "host": "wiki.example.org" });
        let host = self.root.agent.post("/api/protected-hosts", &host).ok().json();
        self.set("protected_host", &text(&host["id"]));
        self.set("proxy", &"nginx");
    }

    fn furnish_sign_in(&mut self, client: &TestClient) {
        // The first one is the grant that is revoked by its id.
        for name in ["granted", "access_token", "token_to_revoke"] {
            let code = self.alice.code(client, &[]);
            let tokens = self.op.redeem(client, &code).ok().json();
            self.set(name, &text(&tokens["access_token"]));
            if name == "granted" {
                let grants = self.root.agent.get(&format!("/api/users/{}/grants", self.alice.id));
                self.set("grant", &text(&grants.ok().json()[0]["id"]));
            }
        }
        let code = self.alice.code(client, &[]);
        self.set("authorization_code", &code);
        self.root.code(client, &[]);
        let asked = self.root.agent.get(&client.authorize_path(&[("prompt", "select_account")]));
        self.set("interaction", &interaction_id(&asked).expect("an interaction"));
        for name in ["user_code", "user_code_to_deny"] {
            self.set(name, &self.op.device_authorization(client, "openid").user_code);
        }
    }

    fn set(&mut self, name: &'static str, value: &impl ToString) {
        self.values.insert(name, value.to_string());
    }

    /// Puts values in the place of `{name}` in a body.
    pub(crate) fn fill(&self, text: &str) -> String {
        let replaced = |text: String, (name, value): (&&str, &String)| {
            text.replace(&format!("{{{name}}}"), value)
        };
        self.values.iter().fold(text.to_owned(), replaced)
    }

    /// Puts values in the place of the parameters of a path.
    pub(crate) fn fill_path(&self, path: &str) -> String {
        let parts: Vec<_> = path.split('/').collect();
        let filled = parts.iter().enumerate().map(|(place, part)| match part.strip_prefix('{') {
            Some(_) => self.values[value_for(path, parts[place - 1], part)].as_str(),
            None => *part,
        });
        filled.collect::<Vec<_>>().join("/")
    }
}

/// The name of the value for a parameter of a path.
fn value_for<'a>(path: &str, before: &'a str, part: &'a str) -> &'static str {
    match (before, part) {
        _ if path == "/api/users/me/sessions/{id}" => "own_session",
        _ if path == "/api/oidc/clients/{id}/secret" => "other_client",
        _ if path == "/api/users/me/ssh-certificates/{id}" => "own_ssh_certificate",
        ("client-requests", _) => "client_request",
        ("register", _) => "registered",
        ("registration-tokens", _) => "registration_token",
        ("credentials", _) => "own_credential",
        ("webauthn-credentials", _) => "credential",
        ("api-access" | "authorized-clients" | "clients", _) => "client",
        ("api-keys", _) => "key",
        ("apis", _) => "api",
        ("application-images", _) => "image",
        ("asserted-subjects", _) => "asserted_subject",
        ("backups", _) => "backup",
        ("grants", _) => "grant",
        ("interactions", _) => "interaction",
        ("one-time-access-token", _) => "code",
        ("preview" | "user" | "users", _) => "user",
        ("protected-hosts", _) => "protected_host",
        ("services", _) => "service",
        ("proxy", _) => "proxy",
        ("recipes", _) => "recipe",
        ("requests", _) => "device_login",
        ("secrets", _) => "secret_id",
        ("service-provider", _) => "scim_provider",
        ("sessions", _) => "session",
        ("signup-tokens", _) => "invitation",
        ("ssh-accounts", _) => "ssh_account",
        ("ssh-ca-keys", _) => "ssh_key",
        ("ssh-certificates", _) => "ssh_certificate",
        ("ssh-users", _) => "user",
        ("tokens", _) => "scim_token",
        ("user-group" | "user-groups", _) => "group",
        ("webhooks", _) => "webhook",
        other => panic!("{path}: nothing stands for {other:?}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Puts an id that nothing has in the place of each parameter of a path.
pub(crate) fn fill_with_unknown(path: &str) -> String {
    let part = |part| if str::starts_with(part, "{") { UNKNOWN } else { part };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
