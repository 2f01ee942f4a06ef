//! Takes over the data of a Pocket ID when the server has none of its own, so that a change of the image
//! is the whole move.
//!
//! Pocket ID's data is read, checked and converted before anything is created, and is never changed.
//! Whatever stands in the way ends the start: an empty database in its place would be open to the first visitor.

use std::{fmt, path::Path};

use super::super::{
    context::Context,
    error::{CliError, Kind},
    import::{ImportSummary, Incoming, is_in_use},
};
use crate::{
    model::{Database, database::PostgresAddress},
    pocket_id::{Export, ImportFault, Unlock},
    settings::Settings,
    store::{Store, StoreError, Tx, file_system, foreign, left_behind, setup},
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
    /// Opens our database, and finds the data of Pocket ID that has to come into it first. Reads that data
    /// before it creates anything.
    pub fn open(ctx: &Context) -> Result<(Store, Option<Self>), CliError> {
        if let (Database::Sqlite(ours), Some(theirs)) =
            (&ctx.settings()?.database, ctx.pocket_id()?)
        {
            refuse_after_ours(ours, theirs)?;
        }
        let Some(own) = ctx.own_store()? else {
            let found = Self::find(ctx)?;
            return Ok((ctx.open_store_to_fill()?, found));
        };
        let is_filled = own.read_blocking(was_ever_filled)?;
        Ok((own, if is_filled { None } else { Self::find(ctx)? }))
    }

    /// Finds and reads it. `None` if there is none, or if it is not wanted.
    fn find(ctx: &Context) -> Result<Option<Self>, CliError> {
        let settings = ctx.settings()?;
        let Some(theirs) = Theirs::find(ctx, settings)? else { return Ok(None) };
        let fault = |fault| refused(theirs, &fault);
        let Some(export) = theirs.read(settings.upload_path.as_deref()).map_err(fault)? else {
            return Ok(None);
        };
        let unlock = Unlock::With(settings.encryption_key.as_ref());
        let incoming = Incoming::of(export, unlock, ctx.now()).map_err(fault)?;
        refuse_doubtful(theirs, &incoming.summary(false))?;
        Ok(Some(Self { source: theirs.to_string(), incoming }))
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
        store.settle()?;
        Ok(())
    }
}

/// Where a Pocket ID has its data.
#[derive(Debug, Clone, Copy)]
enum Theirs<'a> {
    File(&'a Path),
    Server(&'a PostgresAddress),
}

impl<'a> Theirs<'a> {
    /// The place of a Pocket ID, for a database of ours that is missing or empty.
    fn find(ctx: &'a Context, settings: &'a Settings) -> Result<Option<Self>, CliError> {
        match &settings.database {
            Database::Sqlite(_) => {
                let Some(theirs) = ctx.pocket_id()? else { return Ok(None) };
                Ok(Some(Self::File(theirs)))
            }
            Database::Postgres(address) => Ok(settings.takes_over.then_some(Self::Server(address))),
        }
    }

    /// Reads all of it. `None` if there is none, or if it was started but never set up.
    fn read(self, uploads: Option<&Path>) -> Result<Option<Export>, ImportFault> {
        let read = match self {
            Self::File(path) => Export::in_place(path, uploads).map(Some),
            Self::Server(address) => Export::on_server(address, uploads),
        };
        let may_be_empty = !matches!(self, Self::File(path) if foreign::log_is_missing(path));
        match read {
            Err(ImportFault::Empty) if may_be_empty => Ok(None),
            read => read,
        }
    }

    /// The command that takes it over with more words: what a person decided.
    fn import(self, words: &str) -> String {
        match self {
            Self::File(path) => {
                format!("pocketid import {} {words}", file_system::folder_of(path).display())
            }
            Self::Server(_) => {
                format!("pocket-id export, and then pocketid import pocket-id-export.zip {words}")
            }
        }
    }
}

impl fmt::Display for Theirs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => address.fmt(f),
        }
    }
}

/// Whether there is data, or was: what people have removed here must not come back.
fn was_ever_filled(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(is_in_use(tx)? || setup::is_imported(tx)?)
}

/// Refuses to begin anew where our database is gone: the old data lets in users whose access was removed
/// since.
fn refuse_after_ours(ours: &Path, theirs: &Path) -> Result<(), CliError> {
    let ours = &file_system::followed(ours);
    let Some(left) = left_behind(ours) else { return Ok(()) };
    let message = format!(
        "there is no data at {}, although a server has used a database there; the data of Pocket ID in {} \
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
fn refuse_doubtful(theirs: Theirs<'_>, found: &ImportSummary) -> Result<(), CliError> {
    if found.log_is_missing() {
        let message = format!(
            "cannot take over the data of Pocket ID in {theirs}: its write-ahead log is missing, and with it \
             perhaps the latest changes"
        );
        return Err(CliError::new(Kind::Configuration, message)
            .hint(format!("put the file {theirs}-wal back beside it"))
            .hint(format!("to take over what is there: {}", theirs.import("--yes")))
            .hint(OFF));
    }
    let doubts = found.doubts_about_people();
    let Some(first) = doubts.first() else { return Ok(()) };
    let more = match doubts.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!("cannot take over the data of Pocket ID in {theirs}: {first}{more}");
    Err(CliError::new(Kind::Configuration, message)
        .hint("start Pocket ID again and change that there")
        .hint(format!("to take over the rest: {}", theirs.import("--yes")))
        .hint(OFF))
}

/// The way out that is always there.
const OFF: &str = "to start with an empty database instead, set POCKETID_IMPORT=off";

fn refused(theirs: Theirs<'_>, fault: &ImportFault) -> CliError {
    let hint = match fault {
        ImportFault::KeyMissing | ImportFault::KeyWrong => format!(
            "set ENCRYPTION_KEY to the value that Pocket ID had; if it is lost: {}",
            theirs.import("--new-signing-keys")
        ),
        ImportFault::Dirty => {
            "start Pocket ID until its upgrade succeeds, or bring back its data from before the upgrade"
                .to_owned()
        }
        ImportFault::Unsupported { .. } => {
            "upgrade an older Pocket ID to 2.18, and start it once; if it is newer, please report it"
                .to_owned()
        }
        ImportFault::Store(StoreError::Denied(_) | StoreError::OfAnotherRole { .. } | StoreError::OutOfReach { .. }) => {
            "connect as the role that Pocket ID connected as, in DB_CONNECTION_STRING".to_owned()
        }
        ImportFault::Io { .. } => "let this user read the file".to_owned(),
        _ => "start Pocket ID again, which has lost nothing, and please report this".to_owned(),
    };
    let message = format!("cannot take over the data of Pocket ID in {theirs}: {fault}");
    CliError::new(Kind::Configuration, message).hint(hint).hint(OFF)
}
