//! `pocketid backup list`

use serde::Serialize;

use super::super::{
    column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome, size,
};
use crate::{
    backup::{BackupError, Destination, Found},
    model::{Place, S3Place, Timestamp},
};

const EXAMPLES: &str = "\
Examples:
  pocketid backup list
  pocketid backup list /var/backups
  pocketid backup list s3://backups/id/";

/// List the backups in a folder, the newest first
///
/// Those are the files that are named as `pocketid backup` names them. `pocketid backup verify`
/// checks whether one can be restored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// The folder, or s3://BUCKET/FOLDER [default: BACKUP_TARGET, or the working directory]
    #[arg(value_name = "WHERE")]
    place: Option<Place>,
}

/// One backup of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    name: String,
    created_at: Timestamp,
    size: u64,
    program_version: String,
    is_encrypted: bool,
}

/// The list.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Listed(Vec<Entry>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<Listed, CliError> {
        let settings = &ctx.settings()?.backup;
        let place = self.place.or_else(|| settings.target.clone());
        let place = match place.unwrap_or_else(|| Place::Path(".".into())) {
            Place::Pipe => return Err(CliError::usage("`-` is not a folder").hint("name a folder")),
            Place::S3(place) if !place.is_folder() => {
                Place::S3(S3Place { key: format!("{}/", place.key), ..place })
            }
            place => place,
        };
        let destination = Destination::new(place.clone(), settings.s3.as_ref())?;
        let found = destination.list().map_err(|error| match (error, place) {
            (BackupError::Read(error), Place::Path(folder)) => {
                CliError::refused(format!("cannot read {}: {error}", folder.display()))
                    .hint("name a folder with backups in it")
            }
            (error, _) => error.into(),
        })?;
        Ok(Listed(found.into_iter().map(Entry::from).collect()))
    }
}

impl From<Found> for Entry {
    fn from(found: Found) -> Self {
        Self {
            name: found.name,
            created_at: found.parsed.created_at,
            size: found.size,
            program_version: found.parsed.version,
            is_encrypted: found.parsed.is_encrypted,
        }
    }
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no backups here. To create one: pocketid backup");
        }
        let rows = self.0.iter().map(|entry| {
            [
                entry.name.clone(),
                page.moment_cell(entry.created_at),
                size::shown(page, entry.size),
                entry.program_version.clone(),
                if entry.is_encrypted { "passphrase" } else { "none" }.to_owned(),
            ]
        });
        let rows = rows.collect();
        page.table(
            [
                TableColumn::whole("NAME"),
                TableColumn::whole("MADE").of_importance(3),
                TableColumn::whole("SIZE").of_importance(4),
                TableColumn::whole("VERSION").of_importance(1),
                TableColumn::whole("PROTECTION").of_importance(2),
            ],
            rows,
        );
    }
}
