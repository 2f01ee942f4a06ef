//! `pocketid backup list`

use std::{fs::DirEntry, io, path::Path};

use serde::Serialize;

use super::super::{context::Context, error::CliError, page::Page, report::Outcome};
use crate::{
    backup::{BackupName, Place},
    model::Timestamp,
};

const EXAMPLES: &str = "\
Examples:
  pocketid backup list
  pocketid backup list /var/backups";

/// List the backups in a folder, the newest first
///
/// Those are the files that are named as `pocketid backup` names them. Whether one can be restored is
/// told by `pocketid backup verify`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// The folder; the working directory when it is not given
    #[arg(value_name = "WHERE")]
    place: Option<Place>,
}

/// A backup in the list.
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
    pub fn run(self, _ctx: &Context) -> Result<Listed, CliError> {
        let mut found = match self.place.unwrap_or_else(|| Place::Path(".".into())) {
            Place::Path(folder) => in_folder(&folder)?,
            Place::Pipe => {
                return Err(CliError::usage("`-` is no folder").hint("name a folder"));
            }
        };
        found.sort_by(|one, other| {
            (other.created_at, &other.name).cmp(&(one.created_at, &one.name))
        });
        Ok(Listed(found))
    }
}

fn in_folder(folder: &Path) -> Result<Vec<Entry>, CliError> {
    let unable = |error: io::Error| {
        CliError::refused(format!("cannot read {}: {error}", folder.display()))
            .hint("name a folder with backups in it")
    };
    let entries = std::fs::read_dir(folder).map_err(unable)?;
    let entries = entries.collect::<Result<Vec<DirEntry>, _>>().map_err(unable)?;
    Ok(entries.iter().filter_map(entry).collect())
}

/// What is told of a file; `None` when its name is none of a backup.
fn entry(file: &DirEntry) -> Option<Entry> {
    let name = file.file_name().into_string().ok()?;
    let parsed = BackupName::parse(&name)?;
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(Entry {
        name,
        created_at: parsed.created_at,
        size: metadata.len(),
        program_version: parsed.version,
        is_encrypted: parsed.is_encrypted,
    })
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no backups here. Make one with: pocketid backup");
        }
        let rows = self.0.iter().map(|entry| {
            [
                entry.name.clone(),
                page.moment(entry.created_at),
                entry.size.to_string(),
                entry.program_version.clone(),
                if entry.is_encrypted { "passphrase" } else { "none" }.to_owned(),
            ]
        });
        let rows = rows.collect();
        page.table(["NAME", "MADE", "BYTES", "VERSION", "PROTECTION"], rows);
    }
}
