//! The data folder of a real Pocket ID 2.14.0, which people used with a browser, and the known facts about
//! it.

use std::{fs, io::Cursor, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use zip::ZipArchive;

use super::{agent::Agent, flow::Person, op::TestClient, soft_authenticator::SoftAuthenticator};

/// A data folder, as a volume of its container has it.
pub(crate) struct RealPocketId {
    /// Its key, its clients with their secrets, and its passkeys with their private keys.
    pub(crate) facts: Value,
}

impl RealPocketId {
    /// Unpacks it into a folder.
    pub(crate) fn unpack(folder: &Path) -> Self {
        let archive = include_bytes!("../data/pocket-id-2.14.zip");
        ZipArchive::new(Cursor::new(archive)).unwrap().extract(folder).unwrap();
        let facts = folder.join("facts.json");
        let read = serde_json::from_slice(&fs::read(&facts).unwrap()).unwrap();
        fs::remove_file(facts).unwrap();
        Self { facts: read }
    }

    /// The encryption key that seals its secrets.
    pub(crate) fn key(&self) -> &str {
        self.facts["encryptionKey"].as_str().unwrap()
    }

    /// Each passkey signs in at a server that took the data over, and the code of a client that a user has
    /// allowed before is redeemed with the secret that it had, without any question.
    pub(crate) fn everybody_signs_in(&self, base_url: &str) {
        for passkey in self.facts["passkeys"].as_array().unwrap() {
            let mut person = person(&passkey["credential"], base_url);
            person.authenticator.sign_in(&mut person.agent).ok();
            let me = person.agent.get("/api/users/me").ok().json();
            assert_eq!(me["username"], passkey["user"]);
        }
        let mut alice = person(&self.facts["passkeys"][0]["credential"], base_url);
        alice.authenticator.sign_in(&mut alice.agent).ok();
        let client = &self.facts["clients"]["confidential"];
        let text = |name: &str| client[name].as_str().unwrap().to_owned();
        let client =
            TestClient { id: text("id"), secret: text("secret"), redirect_uri: text("callback") };
        let scope = [("scope", "openid profile email groups")];
        let answer = alice.agent.get(&client.authorize_path(&scope));
        let code = answer.location_param("code").unwrap_or_else(|| panic!("no code: {answer:?}"));
        let basic = BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret));
        let mut application =
            Agent::new(base_url).with_header("authorization", &format!("Basic {basic}"));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &client.redirect_uri),
        ];
        let tokens = application.post_form("/api/oidc/token", &fields).ok().json();
        assert!(tokens["id_token"].is_string(), "{tokens}");
    }
}

/// The owner of a passkey, in a browser of their own.
fn person(credential: &Value, base_url: &str) -> Person {
    let authenticator = SoftAuthenticator::imported(credential, base_url);
    let id = String::from_utf8(authenticator.user_handle.clone()).unwrap();
    Person { id: id.parse().unwrap(), agent: Agent::new(base_url), authenticator }
}
