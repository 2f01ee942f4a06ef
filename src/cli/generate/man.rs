//! `pocketid man`

use std::{fs, io, path::PathBuf};

use clap::Command;
use clap_mangen::Man as Page;

use super::super::{command, context::Context, error::CliError};

/// Write a man page for each command into a folder
#[derive(Debug, clap::Args)]
pub struct Man {
    /// The folder, which is made if it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub fn run(self, _ctx: &Context) -> Result<(), CliError> {
        let written = fs::create_dir_all(&self.folder).and_then(|()| {
            pages()?.iter().try_for_each(|(name, page)| fs::write(self.folder.join(name), page))
        });
        written.map_err(|error| {
            CliError::refused(format!("cannot write to {}: {error}", self.folder.display()))
                .hint("name a folder that this user can write to")
        })
    }
}

/// The pages by file name.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut root = command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let page = Page::new(command.clone()).manual("pocketid");
    let mut text = Vec::new();
    page.render(&mut text)?;
    pages.push((page.get_filename(), text));
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    shown.into_iter().try_for_each(|command| collect(command, pages))
}
