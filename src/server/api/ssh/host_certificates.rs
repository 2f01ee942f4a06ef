//! `POST /api/ssh-host-certificates`

use std::collections::BTreeSet;

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    model::{SshHostName, text::TextError, view::NewSshCertificateView},
    operations::ssh::certificates::{self, HostRequest},
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
        ssh::public_key,
    },
};

/// Ninety days, in minutes.
const USUAL_MINUTES: i64 = 90 * 24 * 60;

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["publicKey", "names"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct HostBody {
    /// The key of the host, as in `/etc/ssh/ssh_host_ed25519_key.pub`.
    #[serde(default)]
    public_key: String,
    /// The names by which users reach it.
    #[serde(default)]
    names: Vec<String>,
    /// How long the certificate is to be good: from an hour to 365 days; 90 days when absent.
    #[serde(default)]
    duration_minutes: Option<i64>,
}

impl HostBody {
    fn names(&self) -> Result<BTreeSet<SshHostName>, ApiError> {
        let parse = |name: &String| name.parse();
        let names: Result<_, TextError> = self.names.iter().map(parse).collect();
        names.map_err(|error| ApiError::field("names", error))
    }
}

/// Signs the certificate of a host.
pub(super) async fn sign(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<HostBody>().await?;
    let minutes = req.body.duration_minutes.unwrap_or(USUAL_MINUTES);
    let request = HostRequest {
        public_key: public_key(&req.body.public_key)?,
        names: req.body.names()?,
        domains: req.app.config().ssh_host_domains(),
        seconds: minutes.saturating_mul(60),
        master_key: req.app.master_key().clone(),
    };
    let asker = Asker::of(&req);
    let issued = req.act(request, move |act, request| {
        GuardedChange::GrantSshAccess.allow(act, &asker)?;
        Ok::<_, ApiError>(certificates::sign_host(act, request)?)
    });
    let issued = issued.await?;
    let view = NewSshCertificateView { certificate: issued.line, details: issued.view };
    Ok(Response::json(&view).status(StatusCode::CREATED))
}
