//! `POST /api/ssh/certificates`

use std::collections::BTreeSet;

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    crypto::ssh::SshPublicKey,
    model::{text::TextError, view::NewSshCertificateView},
    operations::ssh::certificates::{self as operation, IssueOutcome, IssueRequest, MIN_SECONDS},
    server::http::{ApiError, Request, Response},
};

/// The most principals that may be asked for.
const MAX_WANTED: usize = 256;

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["publicKey"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct CertificateBody {
    /// The key to certify, as in a file `….pub`.
    #[serde(default)]
    public_key: String,
    /// The accounts that the certificate is to be good for; all that the user may enter when absent.
    #[serde(default)]
    principals: Option<BTreeSet<String>>,
    /// How long it is to be good; as long as `sshCertificateDuration` allows when absent.
    #[serde(default)]
    duration_seconds: Option<i64>,
}

/// Issues an SSH certificate to the user of the access token, for the accounts that they may enter.
pub(super) async fn issue(req: Request) -> Result<Response, ApiError> {
    let req = req.require_ssh_token().await?.json::<CertificateBody>().await?;
    let config = req.app.config();
    let request = IssueRequest {
        user_id: req.who.user_id,
        grant_id: req.who.grant_id,
        public_key: public_key(&req.body.public_key)?,
        principals: wanted(req.body.principals.clone())?,
        seconds: seconds(req.body.duration_seconds, config.ssh_certificate_seconds())?,
        master_key: req.app.master_key().clone(),
    };
    match req.act(request, operation::issue).await? {
        IssueOutcome::Certificate(issued) => {
            let view = NewSshCertificateView { certificate: issued.line, details: issued.view };
            Ok(Response::json(&view).status(StatusCode::CREATED).no_store())
        }
        IssueOutcome::NotAllowed { foreign } => Err(not_allowed(&foreign)),
        IssueOutcome::Held => Err(held()),
        IssueOutcome::Withdrawn => Err(withdrawn()),
    }
}

fn withdrawn() -> ApiError {
    let message = "You get no SSH certificates. An administrator can confirm you again";
    ApiError::new(StatusCode::FORBIDDEN, "ssh_user_not_confirmed", message)
}

fn held() -> ApiError {
    let message = "A passkey was added to your account with a one-time code. An administrator has to \
                   confirm that this was you";
    ApiError::new(StatusCode::FORBIDDEN, "ssh_user_not_confirmed", message)
}

fn not_allowed(foreign: &[String]) -> ApiError {
    let message = if foreign.is_empty() {
        "You may not enter any account over SSH. An administrator opens accounts to groups"
    } else {
        "You may not enter one of these accounts over SSH"
    };
    ApiError::new(StatusCode::FORBIDDEN, "ssh_account_not_allowed", message)
        .because(foreign.join(" ").escape_debug().to_string().chars().take(200).collect::<String>())
}

/// Reads a key.
pub(in crate::server) fn public_key(text: &str) -> Result<SshPublicKey, ApiError> {
    if text.is_empty() {
        return Err(ApiError::field("publicKey", TextError::required()));
    }
    text.parse().map_err(|fault: crate::crypto::ssh::SshKeyFault| {
        ApiError::field("publicKey", TextError::format(fault.to_string()))
    })
}

fn wanted(principals: Option<BTreeSet<String>>) -> Result<Option<BTreeSet<String>>, ApiError> {
    match principals {
        Some(wanted) if wanted.is_empty() => {
            Err(ApiError::field("principals", TextError::required()))
        }
        Some(wanted) if wanted.len() > MAX_WANTED => {
            let message = format!("must be at most {MAX_WANTED}");
            Err(ApiError::field("principals", TextError { code: "too_long", message }))
        }
        wanted => Ok(wanted),
    }
}

/// The life of a certificate: never longer than the setting.
fn seconds(wanted: Option<i64>, longest: i64) -> Result<i64, ApiError> {
    match wanted {
        Some(wanted) if wanted < MIN_SECONDS => {
            let message = format!("must be at least {MIN_SECONDS}");
            let error = TextError { code: "invalid_value", message };
            Err(ApiError::field("durationSeconds", error))
        }
        wanted => Ok(wanted.unwrap_or(longest).min(longest)),
    }
}
