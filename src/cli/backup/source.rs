//! Backups that are read: from a file, a pipe, or S3.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek as _, SeekFrom},
};

use super::{
    super::{context::Context, error::CliError},
    passphrase::PassphraseSource,
};
use crate::{
    backup::{self, Archive, BackupError, Destination, file},
    crypto::age,
    model::Place,
};

/// The most that comes from a pipe: 64 GiB, far more than any database of ours becomes.
const MAX_PIPED: u64 = 64 << 30;

/// A backup that was opened.
pub type Opened = Archive<File>;

/// Opens the backup at a place. What comes from a pipe is put into a file first, and so is what has to be
/// decrypted; nobody else sees either.
pub fn open(
    ctx: &Context,
    place: &Place,
    passphrase: &PassphraseSource,
) -> Result<Opened, CliError> {
    if *place == Place::Pipe && passphrase.is_piped() {
        return Err(CliError::usage("the backup and its passphrase cannot both be read from `-`")
            .hint("name a file for one of them"));
    }
    let file = fetch(ctx, place)?;
    let file = match begins_as_age(&file).map_err(BackupError::Read)? {
        true => decrypt(ctx, file, passphrase)?,
        false => file,
    };
    Ok(Archive::open(file)?)
}

fn begins_as_age(mut file: &File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.take(64).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(age::begins_as_age(&start))
}

fn decrypt(ctx: &Context, file: File, passphrase: &PassphraseSource) -> Result<File, CliError> {
    let passphrase = passphrase.required(ctx)?;
    let size = file.metadata().map_err(BackupError::Read)?.len();
    let mut plain = age::decrypt(BufReader::with_capacity(128 * 1024, file), &passphrase)?;
    file::spool(&mut plain, ctx.new_id(), size).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => {
            BackupError::Damaged("it was altered or cut off after it was encrypted".into()).into()
        }
        _ => BackupError::Read(error).into(),
    })
}

/// Looks at the first bytes before it fills a disk.
fn spool(ctx: &Context, mut pipe: impl Read) -> Result<File, BackupError> {
    let mut start = Vec::new();
    pipe.by_ref().take(64).read_to_end(&mut start).map_err(BackupError::Read)?;
    if !backup::begins_as_zip(&start) && !age::begins_as_age(&start) {
        return Err(BackupError::NotABackup("it is no ZIP archive"));
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
