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
    source::{BackupSource, Opened},
    stop::without_servers,
    told,
};
use crate::{
    backup::{self, BackupContents, BackupError, Completion, check_own_key},
    crypto::Secret,
    encryption_key::{self, ComingKey},
    model::{Database, EventKind},
    settings::Settings,
    store::{StoreError, error::Foreign},
};

const DETAILS: &str = "\
No server may use the database during a restore: stop it first, or add --stop-server. The new data is
built and checked beside the old, so that a failure changes nothing. With SQLite the old data is kept in
a file beside the database, whose name is printed; delete it when all is well. With PostgreSQL the data
is replaced in one transaction.

Sessions, grants and one-time links are as they were when the backup was made: those that were revoked or
used since are valid again. With --end-sessions all of them end, and users sign in again. API keys and
invitations are restored in any case: check `pocketid api-key list` and `pocketid signup-token list`.

With a passphrase (--passphrase-file or BACKUP_PASSPHRASE), or a name that ends in .age, an unencrypted
backup is refused: it may be forged. --accept-unencrypted accepts it.

Examples:
  pocketid restore pocketid-20261124T080000Z-0.1.0.zip
  pocketid restore pocketid.zip --stop-server --end-sessions
  DB_CONNECTION_STRING=postgres://... ENCRYPTION_KEY=... pocketid restore pocketid.zip --yes";

/// Replace all data by that of a backup
#[derive(Debug, clap::Args)]
#[command(after_long_help = DETAILS)]
pub struct Restore {
    #[command(flatten)]
    source: BackupSource,
    /// Stop the servers that run on the database, and keep them from starting until it is done
    #[arg(long)]
    stop_server: bool,
    /// Restore rows that this program cannot read as they are, and list them
    #[arg(long)]
    accept_bad_rows: bool,
    /// End all sessions, grants and one-time links of the backup, and remove its SSH certificate authorities
    #[arg(long)]
    end_sessions: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// A restored backup.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// Where the old data was kept.
    kept: Vec<PathBuf>,
    #[serde(flatten)]
    told: BackupContents,
}

impl Restore {
    pub fn run(self, ctx: &Context) -> Result<Restored, CliError> {
        let settings = ctx.settings()?;
        let mut archive = self.source.open(ctx)?;
        if self.accept_bad_rows {
            archive.accept_unsound_rows();
        }
        let mut key = coming_key(settings, &mut archive)?;
        self.confirm(ctx, &archive)?;
        ctx.make_data_folder()?;
        let restored = self.replace(ctx, &mut archive, key.as_mut());
        let kept = match restored {
            Ok(kept) => kept.into_iter().chain(key.iter().flat_map(ComingKey::copies)).collect(),
            Err(error) => {
                key.into_iter().for_each(ComingKey::undo);
                return Err(error);
            }
        };
        key.iter().for_each(|key| put_in_place(ctx, key));
        if !archive.unsound_rows().is_empty() {
            ctx.report().warn(format!("{}; pocketid doctor names them", archive.unsound_rows()));
        }
        self.tell_of_ssh(ctx, &archive);
        Ok(Restored { kept, told: BackupContents::of(archive.manifest()) })
    }

    fn tell_of_ssh(&self, ctx: &Context, archive: &Opened) {
        if archive.manifest().rows_of("ssh_ca_keys") == 0 {
            return;
        }
        ctx.report().warn(if self.end_sessions {
            "the SSH certificate authorities of the backup are removed, and hosts will refuse their certificates. New ones: \
             pocketid ssh enable, then fetch user-ca.pub again on every host"
        } else {
            "the SSH certificate authorities are those of the backup: a key that was removed since is trusted again, and \
             certificates that were issued since are not known, so nothing revokes them before they expire. If one may have \
             leaked: pocketid ssh ca list, pocketid ssh ca rotate"
        });
    }

    fn replace(
        &self,
        ctx: &Context,
        archive: &mut Opened,
        mut key: Option<&mut ComingKey>,
    ) -> Result<Option<PathBuf>, CliError> {
        let database = &ctx.settings()?.database;
        let data = [("createdAt", archive.manifest().created_at.clone())];
        let event = ctx.event(EventKind::DatabaseRestored, None, data);
        let bar = Bar::new(ctx, "Restoring");
        let mut prepare = || {
            let prepared = key.as_mut().map(|key| key.prepare(&backup::kept_as(&event)));
            let prepared = prepared.transpose().map(drop);
            prepared.map_err(|fault| BackupError::Key(fault.to_string()))
        };
        let new_id = ctx.new_ids();
        let completion =
            Completion { event: &event, ends_sessions: self.end_sessions, new_id: &new_id };
        let mut restore = || backup::restore(archive, database, &completion, &mut prepare, &bar);
        if self.stop_server {
            return without_servers(ctx, restore);
        }
        restore().map_err(|error| match error {
            BackupError::Store(error @ StoreError::NotOurs { what: Foreign::NotADatabase, .. }) => {
                broken(database, &error)
            }
            error => error.into(),
        })
    }

    /// Asks for confirmation, unless there is no data to lose.
    fn confirm(&self, ctx: &Context, archive: &Opened) -> Result<(), CliError> {
        let database = &ctx.settings()?.database;
        if matches!(database, Database::Sqlite(path) if !path.exists()) {
            return Ok(());
        }
        let manifest = archive.manifest();
        let consequence = format!(
            "This replaces all data in {database} with the data of {}: {} users, {} clients.",
            manifest.created_at.escape_debug(),
            manifest.rows_of("users"),
            manifest.rows_of("clients")
        );
        prompt::confirm(ctx, self.yes, &consequence)
    }
}

/// Finds the key that opens the backup's secrets before anything is changed. If the key is not
/// where the server looks for it, the restore installs it there.
fn coming_key(settings: &Settings, archive: &mut Opened) -> Result<Option<ComingKey>, CliError> {
    let inside = check_own_key(archive)?;
    let Some(check) = archive.key_check()? else { return Ok(None) };
    let is_right = |key: &Secret| encryption_key::is_key_of(key, &check);
    let Some(path) = encryption_key::key_file(settings) else {
        return match &settings.encryption_key {
            Some(key) if is_right(key) => Ok(None),
            given => Err(wrong_key(given.is_some(), inside.is_some())),
        };
    };
    let known = inside.or_else(|| encryption_key::kept_key_of(&path, &check));
    encryption_key::finish_rotation(&path, &settings.database)?;
    if encryption_key::is_kept(&path, &check) {
        return Ok(None);
    }
    match known {
        Some(key) => Ok(Some(ComingKey::new(path, key))),
        None => Err(wrong_key(false, false)),
    }
}

fn wrong_key(is_given: bool, is_inside: bool) -> CliError {
    let message = if is_given {
        "the backup was made with another key than ENCRYPTION_KEY"
    } else {
        "the backup needs its encryption key, but ENCRYPTION_KEY is not set"
    };
    let hint = if is_inside {
        "the backup contains its key: ENCRYPTION_KEY=\"$(unzip -p FILE encryption.key)\""
    } else {
        "set ENCRYPTION_KEY to the key that the server had when the backup was made"
    };
    CliError::new(Kind::Configuration, message).hint(hint)
}

/// Hints at moving a broken database aside, so that the backup can be restored.
fn broken(database: &Database, error: &StoreError) -> CliError {
    let Database::Sqlite(path) = database else { return error.into() };
    let path = path.display();
    CliError::new(Kind::Database, error.to_string()).hint(format!(
        "if it is damaged, move it away: mv {path} {path}.broken; then restore again; nothing was \
         changed"
    ))
}

/// Installs the key; a failure only warns, since the data is restored and the key is on disk.
fn put_in_place(ctx: &Context, key: &ComingKey) {
    if let Err(fault) = key.finish() {
        ctx.report().warn(format!(
            "{fault}; the new key is beside it, in encryption.key.new, and the next start \
             of the server tries again"
        ));
    }
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
