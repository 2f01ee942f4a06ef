//! A device without a browser: it asks for codes, and polls.

use serde_json::{Value, json};

use super::{
    agent::Answer,
    flow::Person,
    op::{TestClient, TestOp},
};

/// The grant type of RFC 8628 §3.4.
pub(crate) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The codes of a device.
#[derive(Debug, Clone)]
pub(crate) struct DeviceCodes {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) answer: Value,
}

impl TestOp {
    /// Sends a device authorization request with the client's secret in its body, if it has one.
    pub(crate) fn ask_for_device_code(
        &self,
        client: &TestClient,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("client_id", client.id.as_str())];
        all.extend((!client.secret.is_empty()).then_some(("client_secret", &*client.secret)));
        all.extend(fields);
        self.agent().post_form("/api/oidc/device/authorize", &all)
    }

    /// Lets a device ask for its codes.
    #[track_caller]
    pub(crate) fn device_authorization(&self, client: &TestClient, scope: &str) -> DeviceCodes {
        let answer = self.ask_for_device_code(client, &[("scope", scope)]).ok().json();
        let text = |name: &str| answer[name].as_str().expect("a text").to_owned();
        DeviceCodes {
            device_code: text("device_code"),
            user_code: text("user_code"),
            answer: answer.clone(),
        }
    }

    /// Lets a device ask for its tokens.
    pub(crate) fn poll(&self, client: &TestClient, codes: &DeviceCodes) -> Answer {
        let mut fields = vec![
            ("grant_type", GRANT_TYPE),
            ("device_code", codes.device_code.as_str()),
            ("client_id", client.id.as_str()),
        ];
        fields.extend((!client.secret.is_empty()).then_some(("client_secret", &*client.secret)));
        self.agent().post_form("/api/oidc/token", &fields)
    }
}

impl Person {
    /// Lets a device in.
    pub(crate) fn verify_device(&mut self, user_code: &str) -> Answer {
        self.agent.post(&format!("/api/oidc/device/verify?code={user_code}"), &json!({}))
    }

    /// Refuses a device.
    pub(crate) fn deny_device(&mut self, user_code: &str) -> Answer {
        self.agent.post(&format!("/api/oidc/device/deny?code={user_code}"), &json!({}))
    }
}
