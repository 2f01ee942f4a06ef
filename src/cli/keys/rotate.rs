//! `pocketid rotate-keys`

use super::{
    super::{context::Context, error::CliError, prompt},
    list::SigningKeyList,
};
use crate::{
    crypto::Algorithm,
    encryption_key,
    server::{self, KeyStore, Rotation, RotationError, StartError},
};

const EXAMPLES: &str = "\
Examples:
  pocketid rotate-keys
  pocketid rotate-keys --alg ES256
  pocketid rotate-keys --revoke --yes

A running server signs with the new keys two seconds later, without a restart.";

/// Replace the signing keys with new ones
///
/// The old keys stay published until all tokens signed by them have expired, so users notice
/// nothing. With --revoke they are gone at once: their signatures no longer verify, every access
/// token ends, and people may have to sign in to their applications again. Do that when the keys
/// may have leaked. Sessions and refresh tokens are not signed and stay; `pocketid session revoke`
/// and `pocketid grant revoke` end those.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct RotateKeys {
    /// Only the key of this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA
    #[arg(long, value_name = "ALG")]
    alg: Option<Algorithm>,
    /// Remove the old keys at once
    #[arg(long)]
    revoke: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl RotateKeys {
    /// The arguments for one algorithm.
    pub fn of(algorithm: Algorithm) -> Self {
        Self { alg: Some(algorithm), revoke: false, yes: true }
    }

    pub fn run(self, ctx: &Context) -> Result<SigningKeyList, CliError> {
        let store = ctx.existing_store()?;
        let master_key = encryption_key::unlock(ctx.settings()?, store, ctx.rng().as_ref())?;
        if self.revoke {
            let consequence = "Tokens signed with the old keys will no longer verify.";
            prompt::confirm(ctx, self.yes, consequence)?;
        }
        let rotation = Rotation { algorithm: self.alg, revoke: self.revoke };
        let place = KeyStore { store, master_key: &master_key, rng: ctx.rng().as_ref() };
        let keys = server::rotate(place, ctx.by(), rotation, ctx.now());
        keys.map(SigningKeyList).map_err(|error| match error {
            RotationError::Keys(error) => StartError::Keys(error).into(),
            RotationError::Refused(refusal) => refusal.into(),
        })
    }
}
