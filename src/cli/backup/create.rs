//! `pocketid backup`

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome, size},
    bar::Bar,
    passphrase::{self, PassphraseSource},
    told,
};
use crate::{
    backup::{self, BackupContents, BackupError, BackupInput, Destination, Facts, Protection},
    crypto::Secret,
    encryption_key::{KeyToSave, key_to_save},
    model::Place,
    store::Store,
};

/// The arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// A new file, a folder, s3://BUCKET/NAME, or - for standard output [default: BACKUP_TARGET,
    /// or the working directory]
    #[arg(value_name = "PATH")]
    place: Option<Place>,
    /// Ask for a passphrase, and encrypt the backup with it
    #[arg(long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    #[command(flatten)]
    source: PassphraseSource,
}

/// A new backup.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    path: String,
    size: u64,
    is_encrypted: bool,
    #[serde(flatten)]
    told: BackupContents,
}

impl Made {
    /// The backup's location.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl Create {
    /// The arguments of a backup to `place`, without a passphrase.
    pub fn to(place: Place) -> Self {
        Self { place: Some(place), passphrase: false, source: PassphraseSource::default() }
    }

    /// Makes the backup. Returns `None` if it went to standard output.
    pub fn run(self, ctx: &Context) -> Result<Option<Made>, CliError> {
        let store = ctx.existing_store()?;
        let passphrase = self.passphrase(ctx)?;
        let protection = passphrase
            .as_ref()
            .map(|passphrase| Protection { passphrase, rng: ctx.rng().as_ref() });
        let target = ctx.settings()?.backup.target.clone();
        let is_target = self.place.is_none() && target.is_some();
        let place = self.place.or(target).unwrap_or_else(|| Place::Path(".".into()));
        let key = own_key(ctx, store)?;
        let settings = ctx.settings()?;
        let facts = Facts {
            made_by_itself_of: None,
            created_at: ctx.now(),
            engine: settings.database.engine(),
            app_url: settings.app_url.as_str(),
            encryption_key: key.as_ref(),
        };
        if place == Place::Pipe {
            return to_pipe(ctx, store, &facts, protection).map(|()| None);
        }
        let s3 = settings.backup.s3.as_ref();
        let destination =
            if is_target { Destination::folder(place, s3)? } else { Destination::new(place, s3)? };
        let bar = Bar::new(ctx, "Saving");
        let source = BackupInput { store, facts: &facts };
        let stored = destination.store(source, protection, ctx.new_id(), &bar)?;
        Ok(Some(Made {
            path: stored.place,
            size: stored.size,
            is_encrypted: protection.is_some(),
            told: BackupContents::of(&stored.manifest),
        }))
    }

    fn passphrase(&self, ctx: &Context) -> Result<Option<Secret>, CliError> {
        if self.passphrase {
            return passphrase::choose(ctx).map(Some);
        }
        let given = self.source.given(ctx)?;
        given.iter().try_for_each(passphrase::long_enough)?;
        Ok(given)
    }
}

fn to_pipe(
    ctx: &Context,
    store: &Store,
    facts: &Facts<'_>,
    protection: Option<Protection<'_>>,
) -> Result<(), CliError> {
    if io::stdout().is_terminal() {
        return Err(CliError::usage("a backup cannot be written to a terminal")
            .hint("add > FILE, or name the file: pocketid backup FILE"));
    }
    let sink = io::stdout().lock();
    let manifest = backup::save(store, facts, protection, sink, &Bar::new(ctx, "Saving"))?;
    io::stdout().flush().map_err(BackupError::Write)?;
    ctx.report().note(told::remark(&BackupContents::of(&manifest)));
    Ok(())
}

/// Returns the encryption key that is kept beside the database. If it belongs to another database,
/// warns and leaves it out of the backup, which may be the last chance for all other data.
fn own_key(ctx: &Context, store: &Store) -> Result<Option<Secret>, CliError> {
    Ok(match key_to_save(ctx.settings()?, store)? {
        KeyToSave::Elsewhere => None,
        KeyToSave::Kept(key) => Some(key),
        KeyToSave::Unknown(path) => {
            ctx.report().warn(format!(
                "{} does not contain the encryption key of this database: the backup has no key, \
                 and its secrets need the right one",
                path.display()
            ));
            None
        }
    })
}

impl Outcome for Made {
    fn write_text(&self, page: &mut Page) {
        let protection = if self.is_encrypted { "passphrase" } else { "none" };
        let first = vec![
            ("File", self.path.clone()),
            ("Size", size::shown(page, self.size)),
            ("Protection", protection.to_owned()),
        ];
        told::write(page, first, &self.told);
    }

    fn afterword(&self) -> Option<String> {
        (!self.is_encrypted).then(|| told::remark(&self.told).into())
    }
}
