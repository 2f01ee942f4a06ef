//! Backups that are read: from a file or a pipe.

use std::{fs::File, io};

use super::super::{context::Context, error::CliError};
use crate::backup::{Archive, BackupError, Place, file};

/// A backup that was opened.
pub type Opened = Archive<File>;

/// Opens the backup at a place. What comes from a pipe is put into a file first.
pub fn open(ctx: &Context, place: &Place) -> Result<Opened, CliError> {
    let file = match place {
        Place::Path(path) => {
            let file = File::open(path).and_then(|file| match file.metadata()?.is_dir() {
                true => Err(io::ErrorKind::IsADirectory.into()),
                false => Ok(file),
            });
            file.map_err(|error| {
                CliError::refused(format!("cannot read {}: {error}", path.display()))
                    .hint("name a file that was made by: pocketid backup")
            })?
        }
        Place::Pipe => {
            if ctx.report().reads_from_terminal() {
                return Err(CliError::usage("`-` reads a backup from a pipe, not from a terminal")
                    .hint("add < FILE, or name the file"));
            }
            file::spool(&mut io::stdin().lock(), ctx.new_id()).map_err(BackupError::Read)?
        }
    };
    Ok(Archive::open(file)?)
}
