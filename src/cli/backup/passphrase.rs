//! The passphrase of a backup: from a file, from the environment, or asked for.

use std::path::{Path, PathBuf};

use super::super::{context::Context, error::CliError, prompt, secret_file};
use crate::{
    crypto::{Secret, age::AgeError},
    settings::MIN_PASSPHRASE,
};

/// The source of the passphrase.
#[derive(Debug, Default, clap::Args)]
pub struct PassphraseSource {
    /// Take the passphrase from this file, or - for standard input [default: BACKUP_PASSPHRASE]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseSource {
    /// Whether the passphrase comes from standard input.
    pub fn is_piped(&self) -> bool {
        self.passphrase_file.as_deref() == Some(Path::new("-"))
    }

    /// The passphrase, from the file or from the environment.
    pub fn given(&self, ctx: &Context) -> Result<Option<Secret>, CliError> {
        match &self.passphrase_file {
            Some(path) => secret_file::read(path, "the passphrase").map(Some),
            None => Ok(ctx.settings()?.backup.passphrase.clone()),
        }
    }
}

/// Asks for the passphrase of an encrypted backup.
pub fn ask(ctx: &Context) -> Result<Secret, CliError> {
    prompt::passphrase(ctx, "Passphrase of the backup")
}

/// Asks for a new passphrase, twice.
pub fn choose(ctx: &Context) -> Result<Secret, CliError> {
    let chosen = prompt::passphrase(ctx, "New passphrase")?;
    long_enough(&chosen)?;
    let again = prompt::passphrase(ctx, "Repeat the passphrase")?;
    if !chosen.constant_time_eq(again.expose()) {
        return Err(CliError::refused("the two passphrases differ: nothing was saved"));
    }
    Ok(chosen)
}

/// Refuses a short passphrase: the holder of the file may guess without limit.
pub fn long_enough(passphrase: &Secret) -> Result<(), CliError> {
    if passphrase.expose().len() >= MIN_PASSPHRASE {
        return Ok(());
    }
    let message = format!("the passphrase is shorter than {MIN_PASSPHRASE} characters");
    Err(CliError::usage(message).hint("make one with: openssl rand -base64 24"))
}

impl From<AgeError> for CliError {
    fn from(error: AgeError) -> Self {
        let hint = match &error {
            AgeError::Armored | AgeError::NotAPassphrase | AgeError::WorkFactor(_) => {
                "decrypt it first with: age --decrypt"
            }
            AgeError::Malformed(_) => {
                "use another backup, or copy this one again; nothing was changed"
            }
            AgeError::Read(_) => "this user must be able to read the file",
            AgeError::WrongPassphrase => {
                "give the passphrase that it was made with: --passphrase-file FILE, or \
                 BACKUP_PASSPHRASE"
            }
        };
        Self::refused(format!("cannot decrypt this backup: {error}")).hint(hint)
    }
}
