//! `pocketid restore`

use std::path::PathBuf;

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::{CliError, Kind},
        page::Page,
        prompt,
        report::Outcome,
    },
    bar::Bar,
    passphrase::PassphraseSource,
    source::{self, Opened},
    told::{self, Told},
};
use crate::{
    backup::{self, BackupError},
    crypto::Secret,
    model::{Database, EventKind, Place},
    server::{StartError, encryption_key},
    settings::Settings,
};

const DETAILS: &str = "\
A server must not run on the database meanwhile; stop it first. The new data is built and checked
beside the old, so that a failure changes nothing. With SQLite the old data is kept in a file beside
the database, whose name is told; delete it when all is well. With PostgreSQL it is replaced in one
transaction.

Sign-ins, tokens and sessions are as they were when the backup was made: whatever was revoked since is
good again. See `pocketid session revoke` and `pocketid rotate-keys --revoke`.

Examples:
  pocketid restore pocketid-20261124T080000Z-0.1.0.zip
  DB_CONNECTION_STRING=postgres://... ENCRYPTION_KEY=... pocketid restore pocketid.zip --yes";

/// Put the data of a backup in the place of all that is there
#[derive(Debug, clap::Args)]
#[command(after_long_help = DETAILS)]
pub struct Restore {
    /// The file, s3://BUCKET/NAME, or - for standard input
    #[arg(value_name = "PATH")]
    place: Place,
    #[command(flatten)]
    passphrase: PassphraseSource,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// A backup that was restored.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// Where the old data is.
    kept: Vec<PathBuf>,
    #[serde(flatten)]
    told: Told,
}

impl Restore {
    pub fn run(self, ctx: &Context) -> Result<Restored, CliError> {
        let settings = ctx.settings()?;
        let mut archive = source::open(ctx, &self.place, &self.passphrase)?;
        let new_key = new_key(settings, &mut archive)?;
        self.confirm(ctx, &archive)?;
        ctx.make_data_folder()?;
        let data = [("createdAt", archive.manifest().created_at.clone())];
        let event = ctx.event(EventKind::DatabaseRestored, None, data);
        let bar = Bar::new(ctx, "Restoring");
        let kept = backup::restore(&mut archive, &settings.database, &event, &bar)?;
        drop(bar);
        let mut kept: Vec<_> = kept.into_iter().collect();
        if let Some((path, key)) = new_key {
            kept.extend(replace_key(&path, &key, &backup::kept_as(&event))?);
        }
        Ok(Restored { kept, told: Told::of(archive.manifest()) })
    }

    /// Where there is nothing, nothing is lost.
    fn confirm(&self, ctx: &Context, archive: &Opened) -> Result<(), CliError> {
        let database = &ctx.settings()?.database;
        let place = match database {
            Database::Sqlite(path) if !path.exists() => return Ok(()),
            Database::Sqlite(path) => path.display().to_string(),
            Database::Postgres(address) => address.to_string(),
        };
        let manifest = archive.manifest();
        let consequence = format!(
            "This replaces all data in {place} by that of {}: {} users, {} clients.",
            manifest.created_at.escape_debug(),
            manifest.rows_of("users"),
            manifest.rows_of("clients")
        );
        prompt::confirm(ctx, self.yes, &consequence)
    }
}

/// A key in the archive has to be the key of the archive.
pub fn check_own_key(archive: &mut Opened) -> Result<Option<Secret>, BackupError> {
    let key = archive.encryption_key()?;
    if let (Some(key), Some(check)) = (&key, archive.key_check()?)
        && !encryption_key::is_key_of(key, &check)
    {
        let fault = "its encryption key does not open its secrets";
        return Err(BackupError::Damaged(fault.into()));
    }
    Ok(key)
}

/// Finds the key that opens the secrets of the backup, before anything is changed; and says which file it
/// has to be written to, if it is not where the server looks for it.
fn new_key(
    settings: &Settings,
    archive: &mut Opened,
) -> Result<Option<(PathBuf, Secret)>, CliError> {
    let inside = check_own_key(archive)?;
    let Some(check) = archive.key_check()? else { return Ok(None) };
    let is_right = |key: &Secret| encryption_key::is_key_of(key, &check);
    let Some(path) = encryption_key::key_file(settings) else {
        return match &settings.encryption_key {
            Some(key) if is_right(key) => Ok(None),
            given => Err(wrong_key(given.is_some(), inside.is_some())),
        };
    };
    match (encryption_key::kept_key_of(&path, &check), inside) {
        (Some(_), _) => Ok(None),
        (None, Some(inside)) => Ok(Some((path, inside))),
        (None, None) => Err(wrong_key(false, false)),
    }
}

fn wrong_key(is_given: bool, is_inside: bool) -> CliError {
    let message = match is_given {
        true => "the backup was made under another key than ENCRYPTION_KEY",
        false => "the backup needs its encryption key, and ENCRYPTION_KEY is not set",
    };
    let hint = match is_inside {
        true => "its key is in it: ENCRYPTION_KEY=\"$(unzip -p FILE encryption.key)\"",
        false => "set ENCRYPTION_KEY to the key that the server had when the backup was made",
    };
    CliError::new(Kind::Configuration, message).hint(hint)
}

/// Writes the key where the server looks for it; says where the old one is.
fn replace_key(
    path: &std::path::Path,
    key: &Secret,
    kept_as: &str,
) -> Result<Option<PathBuf>, CliError> {
    let mut kept = path.as_os_str().to_owned();
    kept.push(format!(".{kept_as}"));
    let kept = PathBuf::from(kept);
    let is_kept = std::fs::hard_link(path, &kept).is_ok();
    encryption_key::keep_key(path, key).map_err(StartError::EncryptionKey)?;
    Ok(is_kept.then_some(kept))
}

impl Outcome for Restored {
    fn write_text(&self, page: &mut Page) {
        let kept = self.kept.iter().map(|path| ("Old data", path.display().to_string()));
        told::write(page, kept.collect(), &self.told);
    }

    fn afterword(&self) -> Option<String> {
        Some("Start the server again: pocketid serve".into())
    }
}
