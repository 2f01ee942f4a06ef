//! `pocketid man`

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Command;
use clap_mangen::Man as Page;

use super::{
    super::{
        context::Context,
        error::{CliError, EXIT_CODES},
    },
    reference,
    shown::shown_commands,
};

const EXAMPLES: &str = "\
Examples:
  pocketid man | less
  pocketid man /usr/local/share/man/man1";

/// Print the manual of all commands, or write man pages
///
/// With a folder, a man page for each command is written into it; without, the help of all commands is
/// printed as Markdown.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Man {
    /// Write man pages into this folder, which is made if it is missing
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    /// Prints or writes the manual of `program`.
    pub fn run(self, ctx: &Context, program: &Command) -> Result<(), CliError> {
        let root = shown_commands(program).disable_help_subcommand(true);
        match self.folder {
            None => ctx.report().text(&reference::markdown(root)),
            Some(folder) => write_pages(&folder, root).map_err(|error| {
                CliError::refused(format!("cannot write to {}: {error}", folder.display()))
                    .hint("name a folder that this user can write to")
            }),
        }
    }
}

fn write_pages(folder: &Path, root: Command) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    pages(root)?.iter().try_for_each(|(name, page)| fs::write(folder.join(name), page))
}

/// The man pages by file name.
fn pages(mut root: Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let page = Page::new(command.clone())
        .source(concat!("pocketid ", env!("CARGO_PKG_VERSION")))
        .manual("pocketid");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    let notes = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    if !notes.is_empty() {
        text.extend(section("NOTES", &notes).into_bytes());
    }
    if !notes.contains(EXIT_CODES) {
        text.extend(section("EXIT STATUS", EXIT_CODES).into_bytes());
    }
    pages.push((page.get_filename(), text));
    command.get_subcommands().try_for_each(|command| collect(command, pages))
}

/// A section with fixed line breaks, for commands and columns.
fn section(title: &str, text: &str) -> String {
    let escape = |line: &str| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        if line.starts_with(['.', '\'']) { format!("\\&{line}\n") } else { line + "\n" }
    };
    let lines: String = text.lines().map(escape).collect();
    format!(".SH \"{title}\"\n.nf\n{lines}.fi\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_roff_would_obey_are_printed() {
        assert_eq!(
            section("X", ".a\n'b\nc\\d -e"),
            ".SH \"X\"\n.nf\n\\&.a\n\\&'b\nc\\ed \\-e\n.fi\n"
        );
    }
}
