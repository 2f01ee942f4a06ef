//! `pocketid ssh login`

mod agent;
mod browser;
mod device;
mod files;
mod place;
mod provider;
mod sign_in;

use std::{collections::BTreeSet, path::PathBuf};

use serde::Serialize;
use serde_json::json;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome, ttl::Ttl},
    issuer::{Issuer, IssuerOption, send},
};
use crate::{
    crypto::{
        Secret,
        ssh::{SshCertificate, SshKeyPair},
    },
    model::Timestamp,
    outbound::{Outbound, RequestHeader},
};
use place::KeyPlace;
use provider::Provider;
use sign_in::{SignIn, Way};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh login --issuer https://id.example.com
  pocketid ssh login --device --issuer https://id.example.com
  pocketid ssh login --account root --expires 1h
  pocketid ssh login --key-file ~/.ssh/pocketid";

/// Get a certificate for SSH with your passkey
///
/// Signs in through the browser, or with a code on another device where there is none. A new key and its certificate go
/// to ssh-agent for as long as the certificate is valid; no file is written, unless --key-file asks for it. Then: ssh
/// root@host.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Login {
    #[command(flatten)]
    issuer: IssuerOption,
    /// Sign in with a code on another device
    #[arg(long)]
    device: bool,
    /// Account to enter; repeat for several [default: all that you may enter]
    #[arg(long = "account", value_name = "ACCOUNT")]
    accounts: Vec<String>,
    /// How long the certificate is valid, such as 1h [default: as long as the server allows]
    #[arg(long, value_name = "TIME")]
    expires: Option<Ttl>,
    /// Write the key to this file, and not to ssh-agent
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// A certificate, and where it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GottenCertificate {
    /// The user: the browser may have been that of another one.
    username: String,
    principals: Vec<String>,
    expires_at: Timestamp,
    /// The file of the key; none when it is in the agent.
    key_file: Option<PathBuf>,
}

impl Login {
    pub fn run(self, ctx: &Context) -> Result<GottenCertificate, CliError> {
        let issuer = self.issuer.issuer()?;
        let comment = format!("pocketid {}", issuer.as_str());
        // Checked before the sign-in, which would be in vain.
        let place = KeyPlace::choose(self.key_file.clone(), &comment)?;
        let outbound = ctx.outbound()?;
        let key = SshKeyPair::generate(ctx.rng().as_ref());
        let certificate = ctx.wait(self.certificate(ctx, &outbound, &issuer, &key))??;
        place.keep(&key, &certificate, &comment, ctx.clock().now())?;
        let expires_at = i64::try_from(certificate.valid_before).unwrap_or(i64::MAX);
        Ok(GottenCertificate {
            username: certificate.key_id,
            principals: certificate.principals,
            expires_at: Timestamp::from_unix(expires_at),
            key_file: place.into_file(),
        })
    }

    async fn certificate(
        &self,
        ctx: &Context,
        outbound: &Outbound,
        issuer: &Issuer,
        key: &SshKeyPair,
    ) -> Result<SshCertificate, CliError> {
        let provider = Provider::find(outbound, issuer).await?;
        let way = if self.device { Way::Device } else { Way::of_this_machine() };
        let sign_in = SignIn { ctx, outbound, issuer, provider: &provider };
        let token = sign_in.token(way).await?;
        self.request(outbound, issuer, key, &token).await
    }

    /// Asks for the certificate, and checks it: it goes to an agent.
    async fn request(
        &self,
        outbound: &Outbound,
        issuer: &Issuer,
        key: &SshKeyPair,
        token: &Secret,
    ) -> Result<SshCertificate, CliError> {
        let accounts: BTreeSet<_> = self.accounts.iter().collect();
        let body = json!({
            "publicKey": key.public_key().to_string(),
            "principals": (!accounts.is_empty()).then_some(accounts),
            "durationSeconds": self.expires.map(Ttl::seconds),
        });
        let bearer = Secret::new(format!("Bearer {}", token.expose()));
        let headers = [
            RequestHeader { name: "content-type", value: "application/json" },
            RequestHeader { name: "authorization", value: bearer.expose() },
        ];
        let url = issuer.url("/api/ssh/certificates")?;
        let answer = send(outbound, &url, "POST", &headers, Some(body.to_string())).await?;
        if answer.status != 201 {
            return Err(provider::refused(&answer, "the server gives no certificate"));
        }
        let unfit =
            || CliError::refused("the server answers with something that is no certificate");
        let answer: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|_| unfit())?;
        let line = answer["certificate"].as_str().ok_or_else(unfit)?;
        let certificate = SshCertificate::parse(line).ok_or_else(unfit)?;
        if certificate.public_key != key.public_key() {
            return Err(CliError::refused("the certificate of the server is for another key"));
        }
        Ok(certificate)
    }
}

impl Outcome for GottenCertificate {
    fn write_text(&self, page: &mut Page) {
        let valid = format!("until {}", page.moment(self.expires_at));
        let mut fields = vec![
            ("User", self.username.clone()),
            ("Accounts", self.principals.join(" ")),
            ("Valid", valid),
        ];
        if let Some(file) = &self.key_file {
            fields.push(("Key file", file.display().to_string()));
        }
        page.fields(&fields);
    }

    fn afterword(&self) -> Option<String> {
        let account = self.principals.first()?.split('@').next()?;
        Some(match &self.key_file {
            None => format!("Next: ssh {account}@HOST"),
            Some(file) => format!("Next: ssh -i {} {account}@HOST", file.display()),
        })
    }
}
