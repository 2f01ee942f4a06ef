//! `pocketid backup`

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    bar::Bar,
    told::{self, Told},
};
use crate::{
    backup::{self, BackupError, BackupName, Facts, Manifest, Place, file::NewFile},
    crypto::Secret,
    server::encryption_key,
    store::{Store, StoreError, meta},
};

/// The arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// A new file, a folder, or - for standard output
    #[arg(value_name = "PATH")]
    place: Option<Place>,
}

/// A backup that was made.
#[derive(Debug, Serialize)]
pub struct Made {
    path: PathBuf,
    size: u64,
    #[serde(flatten)]
    told: Told,
}

impl Made {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Create {
    /// A backup to a place.
    pub fn to(place: Place) -> Self {
        Self { place: Some(place) }
    }

    /// Makes it; what went to standard output is not told there.
    pub fn run(self, ctx: &Context) -> Result<Option<Made>, CliError> {
        let store = ctx.existing_store()?;
        let place = self.place.unwrap_or_else(|| Place::Path(".".into()));
        match place {
            Place::Pipe => to_pipe(ctx, store).map(|()| None),
            Place::Path(path) => to_file(ctx, store, &path).map(Some),
        }
    }
}

fn to_pipe(ctx: &Context, store: &Store) -> Result<(), CliError> {
    if io::stdout().is_terminal() {
        return Err(CliError::usage("a backup is not for a terminal")
            .hint("add > FILE, or name the file: pocketid backup FILE"));
    }
    let manifest = save(ctx, store, io::stdout().lock())?;
    io::stdout().flush().map_err(BackupError::Write)?;
    ctx.report().note(Told::of(&manifest).remark());
    Ok(())
}

fn to_file(ctx: &Context, store: &Store, path: &Path) -> Result<Made, CliError> {
    let name = BackupName::new(ctx.now(), false).to_string();
    let path = match path.is_dir() {
        true if path == Path::new(".") => name.into(),
        true => path.join(name),
        false => path.to_owned(),
    };
    let unable = |error: io::Error| unable_to_write(&path, &error);
    let new = NewFile::create(&path).map_err(unable)?;
    let manifest = save(ctx, store, new.file())?;
    new.finish().map_err(unable)?;
    let size = path.metadata().map_err(unable)?.len();
    Ok(Made { path, size, told: Told::of(&manifest) })
}

fn unable_to_write(path: &Path, error: &io::Error) -> CliError {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CliError::refused(format!("{path} exists, and is not overwritten"))
                .hint("choose another name, or name a folder to get a name after the moment")
        }
        _ => CliError::refused(format!("cannot write {path}: {error}"))
            .hint("choose another place, or make room; nothing was left there"),
    }
}

fn save(ctx: &Context, store: &Store, sink: impl io::Write) -> Result<Manifest, CliError> {
    let settings = ctx.settings()?;
    let key = own_key(ctx, store)?;
    let facts = Facts {
        created_at: ctx.now(),
        engine: settings.database.engine(),
        app_url: settings.app_url.as_str(),
        encryption_key: key.as_ref(),
    };
    Ok(backup::save(store, &facts, sink, &Bar::new(ctx, "Saving"))?)
}

/// The key that is kept beside the database, if it is that of the database. A backup is made all the
/// same when it is not: it may be the last chance for everything else.
fn own_key(ctx: &Context, store: &Store) -> Result<Option<Secret>, CliError> {
    let Some(path) = encryption_key::key_file(ctx.settings()?) else { return Ok(None) };
    let check = store.read_blocking(|tx| meta::find(tx, meta::KEY_CHECK));
    let Some(check) = check.map_err(|error: StoreError| CliError::from(error))? else {
        return Ok(None);
    };
    let key = encryption_key::kept_key_of(&path, &check);
    if key.is_none() {
        ctx.report().warn(format!(
            "{} does not hold the key of this database: the backup has no key, and its secrets can \
             be read with the right one only",
            path.display()
        ));
    }
    Ok(key)
}

impl Outcome for Made {
    fn write_text(&self, page: &mut Page) {
        let first =
            vec![("File", self.path.display().to_string()), ("Size", self.size.to_string())];
        told::write(page, first, &self.told);
    }

    fn afterword(&self) -> Option<String> {
        Some(self.told.remark().into())
    }
}
