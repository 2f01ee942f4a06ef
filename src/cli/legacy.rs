//! Commands with the names of Pocket ID 2.14, for scripts that use those.

use std::str::FromStr;

use serde::Serialize;

use super::{
    backup::create::Create,
    context::Context,
    error::CliError,
    keys::{
        rotate::RotateKeys,
        rotate_encryption_key::{check_new_key, rotate},
    },
    page::Page,
    recover::make_link,
    report::Outcome,
    ttl::Ttl,
};
use crate::{
    crypto::{Algorithm, Secret},
    model::Place,
};

/// Create a link that signs a user in once, as Pocket ID does; see `recover`
#[derive(Debug, clap::Args)]
pub struct OneTimeAccessToken {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
}

/// The link, in Pocket ID's wording.
#[derive(Debug, Serialize)]
pub struct LegacyLink {
    #[serde(skip)]
    name: String,
    #[serde(flatten)]
    link: super::one_time_link::OneTimeLink,
}

impl OneTimeAccessToken {
    pub fn run(self, ctx: &Context) -> Result<LegacyLink, CliError> {
        let link = make_link(ctx, self.name.clone(), Ttl::HOUR, false)?;
        Ok(LegacyLink { name: self.name, link })
    }
}

impl Outcome for LegacyLink {
    fn write_text(&self, page: &mut Page) {
        page.line(format!(
            "A one-time access token valid for 1 hour has been created for \"{}\".",
            self.name
        ));
        page.line(format!("Use the following URL to sign in once: {}", self.link.address()));
    }
}

/// Generate a new signing key, as Pocket ID does; see `rotate-keys`
#[derive(Debug, clap::Args)]
pub struct KeyRotate {
    /// Algorithm of the key
    #[arg(long, short, value_name = "ALG", default_value = "RS256", value_parser = in_any_case)]
    alg: Algorithm,
    /// Curve of an EdDSA key
    #[arg(long, short, value_name = "CURVE")]
    crv: Option<String>,
    /// Accepted and ignored, since there is no question
    #[arg(long, short)]
    yes: bool,
}

/// Encrypt every secret with another key, as Pocket ID does; see `rotate-encryption-key`
#[derive(Debug, clap::Args)]
pub struct EncryptionKeyRotate {
    /// The new key; other users of this machine can read it here
    #[arg(long, value_name = "KEY")]
    new_key: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Save all data to one file, as Pocket ID does; see `backup`
#[derive(Debug, clap::Args)]
pub struct Export {
    /// A new file, or - for standard output
    #[arg(long, short, value_name = "PATH", default_value = "pocket-id-export.zip")]
    path: Place,
}

impl Export {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let Some(made) = Create::to(self.path).run(ctx)? else { return Ok(()) };
        ctx.report()
            .note("This is a backup of pocketid: `restore` accepts it, but Pocket ID does not.");
        ctx.report().text(&format!("Exported data to {}\n", made.path()))
    }
}

/// The result, in Pocket ID's wording.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Said(&'static [&'static str]);

fn in_any_case(text: &str) -> Result<Algorithm, <Algorithm as FromStr>::Err> {
    let mut known = Algorithm::ALL.into_iter();
    let found = known.find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(text));
    found.map_or_else(|| text.parse(), Ok)
}

impl KeyRotate {
    pub fn run(self, ctx: &Context) -> Result<Said, CliError> {
        match (self.alg, self.crv.as_deref()) {
            (Algorithm::EdDsa, None) => {
                return Err(CliError::usage("a curve name is required when algorithm is EdDSA")
                    .hint("add --crv Ed25519"));
            }
            (Algorithm::EdDsa, Some("Ed25519")) | (_, None | Some("")) => {}
            (Algorithm::EdDsa, Some(_)) => {
                return Err(CliError::usage("unsupported EdDSA curve; supported values: Ed25519"));
            }
            (_, Some(_)) => {
                return Err(CliError::usage("--crv only works with EdDSA").hint("leave --crv out"));
            }
        }
        let _keys = RotateKeys::of(self.alg).run(ctx)?;
        Ok(Said(&["Key rotated successfully"]))
    }
}

impl EncryptionKeyRotate {
    pub fn run(self, ctx: &Context) -> Result<Said, CliError> {
        let new = Secret::new(self.new_key);
        check_new_key(&new)?;
        ctx.report().warn(
            "a key on the command line can be read by others on this machine; \
             `rotate-encryption-key --new-key-file` takes it from a file",
        );
        let _told = rotate(ctx, Some(new), self.yes)?;
        Ok(Said(&[
            "Encryption key rotation completed successfully.",
            "Restart pocket-id with the new ENCRYPTION_KEY to use the rotated data.",
        ]))
    }
}

impl Outcome for Said {
    fn write_text(&self, page: &mut Page) {
        self.0.iter().for_each(|line| page.line(line));
    }
}
