//! Takes over the data of a Pocket ID when the server has none of its own, so that a change of the image
//! is the whole move.
//!
//! Pocket ID's data is read, checked and converted before anything is created, and is never changed.
//! Whatever stands in the way ends the start: an empty database in its place would be open to the first visitor.

use std::path::Path;

use super::super::{
    context::Context,
    error::{CliError, Kind},
    import::{ImportSummary, Incoming, is_in_use},
};
use crate::{
    model::Database,
    pocket_id::{Export, ImportFault, Unlock},
    settings::Settings,
    store::{Store, StoreError, Tx, foreign, left_behind, setup},
};

/// How many things that stay behind are named in the log.
const TOLD: usize = 30;

/// The data of a Pocket ID, ready to be written.
#[derive(Debug)]
pub struct TakeOver {
    /// Where it was found.
    source: String,
    incoming: Incoming,
}

impl TakeOver {
    /// Finds and reads it. `None` if there is none, or if it is not wanted or not needed.
    pub fn find(ctx: &Context) -> Result<Option<Self>, CliError> {
        let settings = ctx.settings()?;
        let Some(theirs) = ctx.pocket_id()? else { return Ok(None) };
        if has_own_data(ctx, settings)? {
            return Ok(None);
        }
        refuse_after_ours(settings, theirs)?;
        let source = theirs.display().to_string();
        let fault = |fault| refused(&source, theirs, &fault);
        let export = match Export::in_place(theirs, settings.upload_path.as_deref()) {
            // It was started, but nobody has set it up.
            Err(ImportFault::Empty) if !foreign::log_is_missing(theirs) => return Ok(None),
            export => export.map_err(fault)?,
        };
        let unlock = Unlock::With(settings.encryption_key.as_ref());
        let incoming = Incoming::of(export, unlock, ctx.now()).map_err(fault)?;
        refuse_doubtful(&source, theirs, &incoming.summary(false))?;
        Ok(Some(Self { source, incoming }))
    }

    /// Writes all of it, or nothing. Another server may have done it at the same moment.
    pub fn finish(self, ctx: &Context, store: &Store) -> Result<(), CliError> {
        let found = self.incoming.summary(false);
        if let Err(error) = self.incoming.write(ctx, store) {
            if store.read_blocking(is_in_use)? {
                tracing::info!("another server has taken over the data of Pocket ID meanwhile");
                return Ok(());
            }
            return Err(error);
        }
        tell(&self.source, &found);
        Ok(())
    }
}

/// Whether the server has data. A database that holds nothing yet may be what is left of a start that
/// was interrupted.
fn has_own_data(ctx: &Context, settings: &Settings) -> Result<bool, CliError> {
    match &settings.database {
        Database::Sqlite(path) if !path.exists() => Ok(false),
        Database::Sqlite(_) | Database::Postgres(_) => {
            Ok(ctx.open_store_to_fill()?.read_blocking(was_ever_filled)?)
        }
    }
}

/// Whether there is data, or was: what people have removed here must not come back.
fn was_ever_filled(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(is_in_use(tx)? || setup::is_imported(tx)?)
}

/// Refuses to begin anew where our database is gone: the old data lets in whoever was let out since.
fn refuse_after_ours(settings: &Settings, theirs: &Path) -> Result<(), CliError> {
    let Database::Sqlite(ours) = &settings.database else { return Ok(()) };
    let Some(left) = left_behind(ours) else { return Ok(()) };
    let message = format!(
        "there is no database at {}, although a server has used one there; the data of Pocket ID in {} \
         may be older",
        ours.display(),
        theirs.display()
    );
    Err(CliError::new(Kind::Configuration, message)
        .hint("check that the volume is mounted, or restore a backup: pocketid restore PATH")
        .hint(format!("to take over the data of Pocket ID once more, remove {}", left.display())))
}

fn tell(source: &str, found: &ImportSummary) {
    tracing::info!(
        "took over the data of Pocket ID in {source}, which stays as it is: {}",
        found.counted()
    );
    let left = found.left_out();
    for it in left.iter().take(TOLD) {
        tracing::warn!("not taken over: {} {}: {}", it.kind, it.name, it.reason);
    }
    if let Some(more) = left.len().checked_sub(TOLD).filter(|more| *more > 0) {
        tracing::warn!(
            "{more} more things are not taken over; pocketid import --dry-run lists them"
        );
    }
    found.hints_of_loss().iter().chain(&found.warnings()).for_each(|it| tracing::warn!("{it}"));
}

/// Refuses a copy without its latest changes, and accounts and groups that cannot come over as they are: a
/// person has to decide about them.
fn refuse_doubtful(source: &str, theirs: &Path, found: &ImportSummary) -> Result<(), CliError> {
    if found.log_is_missing() {
        let message = format!(
            "cannot take over the data of Pocket ID in {source}: its write-ahead log is missing, and with it \
             perhaps the latest changes"
        );
        return Err(CliError::new(Kind::Configuration, message)
            .hint(format!("put the file {source}-wal back beside it"))
            .hint(format!("to take over what is there: pocketid import {} --yes", folder(theirs)))
            .hint(OFF));
    }
    let doubts = found.doubts_about_people();
    let Some(first) = doubts.first() else { return Ok(()) };
    let more = match doubts.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!("cannot take over the data of Pocket ID in {source}: {first}{more}");
    Err(CliError::new(Kind::Configuration, message)
        .hint("start Pocket ID again and change that there")
        .hint(format!("to take over the rest: pocketid import {} --yes", folder(theirs)))
        .hint(OFF))
}

/// The way out that is always there.
const OFF: &str = "to start with an empty database instead, set POCKETID_IMPORT=off";

fn refused(source: &str, theirs: &Path, fault: &ImportFault) -> CliError {
    let hint = match fault {
        ImportFault::KeyMissing | ImportFault::KeyWrong => format!(
            "set ENCRYPTION_KEY to the value that Pocket ID had; if it is lost: \
             pocketid import {} --new-signing-keys",
            folder(theirs)
        ),
        ImportFault::Dirty => {
            "start Pocket ID once more, so that it finishes its upgrade".to_owned()
        }
        ImportFault::Io { .. } => "let this user read the file".to_owned(),
        _ => "start Pocket ID again, which has lost nothing, and please report this".to_owned(),
    };
    let message = format!("cannot take over the data of Pocket ID in {source}: {fault}");
    CliError::new(Kind::Configuration, message).hint(hint).hint(OFF)
}

fn folder(theirs: &Path) -> String {
    let folder = theirs.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).display().to_string()
}
