//! Signing in with a code on another device (RFC 8628).

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{
    super::super::error::CliError,
    provider::refused,
    sign_in::{PATIENCE, SignIn, access_token},
};
use crate::crypto::Secret;

/// How often to ask, unless the server says so (RFC 8628 §3.2).
const USUAL_INTERVAL: u64 = 5;
/// How much longer to wait when the server says that it was asked too often (RFC 8628 §3.5).
const SLOWER: u64 = 5;

/// The answer to the request for a code.
#[derive(Deserialize)]
struct Codes {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    interval: Option<u64>,
}

impl SignIn<'_> {
    /// Shows a code, and waits for a sign-in with it.
    pub(super) async fn by_device(self) -> Result<Secret, CliError> {
        let [(client, client_id), (resource, resource_id)] = self.common();
        let fields =
            [(client, client_id.as_str()), (resource, resource_id.as_str()), ("scope", "openid")];
        let url = &self.provider.device_authorization_endpoint;
        let answer = self.post(url, &fields).await?;
        let unfit = || refused(&answer, "the server gives no code");
        if answer.status != 200 {
            return Err(unfit());
        }
        let codes: Codes = serde_json::from_slice(&answer.body).map_err(|_| unfit())?;
        self.show(&codes);
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", codes.device_code.as_str()),
            (client, client_id.as_str()),
        ];
        let mut interval = codes.interval.unwrap_or(USUAL_INTERVAL).clamp(1, 60);
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            sleep(Duration::from_secs(interval)).await;
            let answer = self.post(&self.provider.token_endpoint, &fields).await?;
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            match said["error"].as_str() {
                Some("authorization_pending") => {}
                Some("slow_down") => interval += SLOWER,
                _ => return access_token(&answer),
            }
        }
        Err(CliError::refused("nobody signed in within ten minutes"))
    }

    fn show(self, codes: &Codes) {
        let uri = codes.verification_uri_complete.as_ref().unwrap_or(&codes.verification_uri);
        self.ctx.report().instruct(format!("Sign in at {uri} with the code {}", codes.user_code));
    }
}
