//! Reads backups from a file, a pipe, or S3.

use std::{
    fs::File,
    io::{self, Read},
};

use super::{
    super::{context::Context, error::CliError},
    passphrase::{self, PassphraseSource},
};
use crate::{
    backup::{self, Archive, BackupError, Destination, file, protected},
    crypto::age,
    model::Place,
};

/// The most bytes read from a pipe: 64 GiB, far more than any real database.
const MAX_PIPED: u64 = 64 << 30;

/// An opened backup.
pub type Opened = Archive<File>;

/// The backup to read, and its protection.
#[derive(Debug, clap::Args)]
pub struct BackupSource {
    /// The file, s3://BUCKET/NAME, or - for standard input
    #[arg(value_name = "PATH")]
    place: Place,
    #[command(flatten)]
    passphrase: PassphraseSource,
    /// Accept an unencrypted backup, although there is a passphrase or its name ends in .age
    #[arg(long)]
    accept_unencrypted: bool,
}

impl BackupSource {
    /// Opens the backup. Piped and decrypted data go to a private temporary file.
    pub fn open(&self, ctx: &Context) -> Result<Opened, CliError> {
        if self.place == Place::Pipe && self.passphrase.is_piped() {
            let fault = "the backup and its passphrase cannot both be read from `-`";
            return Err(CliError::usage(fault).hint("name a file for one of them"));
        }
        let given = self.passphrase.given(ctx)?;
        let file = fetch(ctx, &self.place)?;
        if protected::is_encrypted(&file)? {
            let passphrase = given.map_or_else(|| passphrase::ask(ctx), Ok)?;
            return Ok(Archive::open(protected::decrypt(file, &passphrase, ctx.new_id())?)?);
        }
        self.refuse_if_expected_encrypted(given.is_some())?;
        Ok(Archive::open(file)?)
    }

    /// Refuses an unencrypted backup where an encrypted one is expected: an attacker with write
    /// access to the backups could swap in a forged one.
    fn refuse_if_expected_encrypted(&self, has_passphrase: bool) -> Result<(), CliError> {
        let expected_since = match (has_passphrase, self.is_named_as_encrypted()) {
            _ if self.accept_unencrypted => return Ok(()),
            (true, _) => "a passphrase is given",
            (false, true) => "its name ends in .age",
            (false, false) => return Ok(()),
        };
        let message = format!("cannot use this backup: it is not encrypted, and {expected_since}");
        Err(CliError::refused(message)
            .hint("it may be a forged replacement of your backup; nothing was changed")
            .hint("if you made it without a passphrase, add --accept-unencrypted"))
    }

    fn is_named_as_encrypted(&self) -> bool {
        let name = match &self.place {
            Place::Pipe => return false,
            Place::Path(path) => path.as_os_str().as_encoded_bytes(),
            Place::S3(place) => place.key.as_bytes(),
        };
        name.len() > 4 && name[name.len() - 4..].eq_ignore_ascii_case(b".age")
    }
}

/// Checks the first bytes before spooling the pipe to disk.
fn spool(ctx: &Context, mut pipe: impl Read) -> Result<File, BackupError> {
    let mut start = Vec::new();
    pipe.by_ref().take(64).read_to_end(&mut start).map_err(BackupError::Read)?;
    if !backup::begins_as_zip(&start) && !age::begins_as_age(&start) {
        return Err(BackupError::NotABackup("it is not a ZIP archive"));
    }
    file::spool(start.chain(pipe), ctx.new_id(), MAX_PIPED).map_err(BackupError::Read)
}

fn fetch(ctx: &Context, place: &Place) -> Result<File, CliError> {
    if *place == Place::Pipe {
        if ctx.report().reads_from_terminal() {
            return Err(CliError::usage("`-` reads a backup from a pipe, not from a terminal")
                .hint("add < FILE, or name the file"));
        }
        return Ok(spool(ctx, io::stdin().lock())?);
    }
    let destination = Destination::new(place.clone(), ctx.settings()?.backup.s3.as_ref())?;
    destination.open(ctx.new_id()).map_err(|error| match (error, place) {
        (BackupError::Read(error), Place::Path(path)) => {
            CliError::refused(format!("cannot read {}: {error}", path.display()))
                .hint("name a file that was made by: pocketid backup")
        }
        (error, _) => error.into(),
    })
}
