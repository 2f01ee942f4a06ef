//! `pocketid ssh host sign`

use std::{fs::File, io::Read as _, path::PathBuf};

use serde::Serialize;

use super::super::super::{
    context::Context,
    error::CliError,
    page::Page,
    report::Outcome,
    ttl::{self, Ttl},
};
use crate::{
    crypto::ssh::SshPublicKey,
    model::{SshHostName, view::NewSshCertificateView},
    operations::ssh::certificates::{HostRequest, MIN_HOST_SECONDS, sign_host},
};

/// The longest file of a key, in bytes.
const MAX_FILE: u64 = 16 * 1024;

const EXAMPLES: &str = "\
Examples:
  pocketid ssh host sign ssh_host_ed25519_key.pub --name db1.example.com > ssh_host_ed25519_key-cert.pub
  ssh root@db1 cat /etc/ssh/ssh_host_ed25519_key.pub | pocketid ssh host sign - --name db1.example.com --name db1";

/// Sign the certificate of a host
///
/// Prints the certificate, for HostCertificate of sshd_config. Users who have the lines of `pocketid ssh ca --only
/// known-hosts` are not asked about the key of the host any more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Sign {
    /// File with the public key of the host; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name by which users reach it; repeat for several
    #[arg(long = "name", value_name = "HOST", required = true)]
    names: Vec<SshHostName>,
    /// How long it is valid, such as 30d; from 1h to 365d
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = lifetime)]
    expires: Ttl,
}

fn lifetime(text: &str) -> Result<Ttl, String> {
    let ttl = ttl::parse_of_token(text)?;
    if ttl.seconds() < MIN_HOST_SECONDS {
        Err("it must be at least 1h".to_owned())
    } else {
        Ok(ttl)
    }
}

/// A certificate of a host.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct SignedHost(NewSshCertificateView);

impl Sign {
    pub fn run(self, ctx: &Context) -> Result<SignedHost, CliError> {
        let request = HostRequest {
            public_key: self.public_key()?,
            names: self.names.into_iter().collect(),
            domains: ctx.app_config()?.ssh_host_domains(),
            seconds: self.expires.seconds(),
            master_key: ctx.master_key()?,
        };
        let issued = ctx.act(ctx.existing_store()?, request, sign_host)?;
        Ok(SignedHost(NewSshCertificateView { certificate: issued.line, details: issued.view }))
    }

    fn public_key(&self) -> Result<SshPublicKey, CliError> {
        let name = self.file.display();
        let unreadable =
            |error: std::io::Error| CliError::refused(format!("cannot read {name}: {error}"));
        let mut text = String::new();
        if self.file.as_os_str() == "-" {
            std::io::stdin().lock().take(MAX_FILE).read_to_string(&mut text).map_err(unreadable)?;
        } else {
            let file = File::open(&self.file).map_err(unreadable)?;
            file.take(MAX_FILE).read_to_string(&mut text).map_err(unreadable)?;
        }
        text.parse().map_err(|fault| {
            CliError::refused(format!("{name} {fault}"))
                .hint("give the file that ends in .pub, such as /etc/ssh/ssh_host_ed25519_key.pub")
        })
    }
}

impl Outcome for SignedHost {
    fn write_text(&self, page: &mut Page) {
        page.line(&self.0.certificate);
    }
}
