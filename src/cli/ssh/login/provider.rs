//! The metadata of the server, and its refusals.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::super::{
    super::error::CliError,
    issuer::{Issuer, send},
};
use crate::outbound::{Answer, Outbound};

/// The endpoints of the server (RFC 8414).
#[derive(Debug, Deserialize)]
pub struct Provider {
    issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub device_authorization_endpoint: Url,
}

impl Provider {
    /// Asks the server.
    pub async fn find(outbound: &Outbound, issuer: &Issuer) -> Result<Self, CliError> {
        let url = issuer.url("/.well-known/openid-configuration")?;
        let answer = send(outbound, &url, "GET", &[], None).await?;
        let unfit = || {
            CliError::refused(format!("{url} does not answer as this program does"))
                .hint("is this the address of the server? --issuer names it")
        };
        if answer.status != 200 {
            return Err(unfit());
        }
        let provider: Self = serde_json::from_slice(&answer.body).map_err(|_| unfit())?;
        // RFC 8414 §3.3: anything else may be an impostor.
        if provider.issuer.trim_end_matches('/') != issuer.as_str() {
            return Err(CliError::refused(format!(
                "the server at {} calls itself {}",
                issuer.as_str(),
                provider.issuer.escape_debug()
            ))
            .hint("give that address as --issuer, if it is the right server"));
        }
        // Passkeys, codes and tokens go to the server that was named, and to no other.
        let endpoints = [
            &provider.authorization_endpoint,
            &provider.token_endpoint,
            &provider.device_authorization_endpoint,
        ];
        if endpoints.into_iter().any(|endpoint| endpoint.origin() != url.origin()) {
            return Err(CliError::refused(format!(
                "the server at {} names endpoints elsewhere",
                issuer.as_str()
            )));
        }
        Ok(provider)
    }
}

/// The error about a refusal, in the words of the server.
pub fn refused(answer: &Answer, what: &str) -> CliError {
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let words = said["error_description"].as_str().or_else(|| said["error"].as_str());
    let words = words.unwrap_or_default();
    let error = match words {
        "" => CliError::refused(format!("{what}: it answers with status {}", answer.status)),
        words => CliError::refused(format!("{what}: {words}")),
    };
    if said["error"] == "unauthorized_client" {
        return error.hint(
            "sign in on a machine with a browser; for codes on other devices an administrator allows \
             them: pocketid config set sshDeviceLogin true",
        );
    }
    if said["error"] == "invalid_client" {
        return error.hint(
            "the client of this program is missing there; an administrator makes it again: pocketid ssh enable",
        );
    }
    match (answer.status, said["code"].as_str()) {
        (_, Some("ssh_not_enabled")) => {
            error.hint("an administrator enables it: pocketid ssh enable")
        }
        (_, Some("ssh_account_not_allowed")) => error.hint(
            "an administrator opens accounts to groups: pocketid ssh account create root --group \
             admins",
        ),
        (_, Some("ssh_user_not_confirmed")) => {
            error.hint("an administrator confirms you: pocketid ssh user confirm USERNAME")
        }
        (404, None) => error.hint("is the server of this version?"),
        _ => error,
    }
}
