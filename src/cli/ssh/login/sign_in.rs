//! Signs a person in, and gets an access token for certificates.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{
    super::{
        super::{context::Context, error::CliError},
        issuer::{Issuer, send},
    },
    provider::{Provider, refused},
};
use crate::{
    crypto::Secret,
    operations::ssh::{client_id, resource},
    outbound::{Answer, Outbound, RequestHeader},
};

/// How long a person has to sign in.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// The way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// In the browser of this machine (RFC 8252).
    Browser,
    /// With a code on another device (RFC 8628).
    Device,
}

impl Way {
    /// The browser, where there is one: on a desktop, and not over SSH.
    pub fn of_this_machine() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let has_desktop = cfg!(target_os = "macos")
            || ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_set);
        if has_desktop && !is_set("SSH_CONNECTION") { Self::Browser } else { Self::Device }
    }
}

/// Everything that a sign-in needs.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    pub ctx: &'a Context,
    pub outbound: &'a Outbound,
    pub issuer: &'a Issuer,
    pub provider: &'a Provider,
}

impl SignIn<'_> {
    /// Signs a person in. Returns an access token.
    pub async fn token(self, way: Way) -> Result<Secret, CliError> {
        match way {
            Way::Browser => self.by_browser().await,
            Way::Device => self.by_device().await,
        }
    }

    /// The parameters of both requests that begin a sign-in. The token is good for certificates only
    /// (RFC 8707).
    pub(super) fn common(self) -> [(&'static str, String); 2] {
        [
            ("client_id", client_id().to_string()),
            ("resource", resource(self.issuer.as_str()).to_string()),
        ]
    }

    /// A random text for the protocol: 256 bits.
    pub(super) fn random(self) -> Secret {
        Secret::new(BASE64_URL_SAFE_NO_PAD.encode(self.ctx.rng().bytes::<32>()))
    }

    /// Posts a form.
    pub(super) async fn post(
        self,
        url: &url::Url,
        fields: &[(&str, &str)],
    ) -> Result<Answer, CliError> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        let headers = [RequestHeader { name: "content-type", value: kind }];
        send(self.outbound, url, "POST", &headers, Some(form)).await
    }
}

/// The access token of a token response (RFC 6749 §5.1).
pub fn access_token(answer: &Answer) -> Result<Secret, CliError> {
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match said["access_token"].as_str() {
        Some(token) if answer.status == 200 => Ok(Secret::new(token)),
        _ => Err(refused(answer, "the server gives no token")),
    }
}
