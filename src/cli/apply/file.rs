//! The configuration file given on the command line.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{sources::Outside, wording::refuse};
use crate::{
    cli::{
        context::Context,
        error::{CliError, Kind},
    },
    configuration::{Document, Error},
    settings::Source,
};

/// The maximum size of the file, in bytes; it may contain logos.
const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// Which file it is.
#[derive(Debug, Clone, clap::Args)]
pub struct File {
    /// File, or - for standard input
    #[arg(long = "file", short = 'f', value_name = "FILE")]
    path: PathBuf,
}

impl File {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The file's name in messages.
    pub fn name(&self) -> String {
        if self.path.as_os_str() == "-" {
            "standard input".to_owned()
        } else {
            self.path.display().to_string()
        }
    }

    /// Reads the file; its relative paths are resolved against its folder.
    pub fn read(&self, ctx: &Context) -> Result<Document, CliError> {
        // Settings are checked first, as for every command.
        ctx.settings()?;
        let name = self.name();
        let unreadable = |error: io::Error| {
            CliError::new(Kind::Configuration, format!("cannot read {name}: {error}"))
                .hint("it must be a UTF-8 text file that this user can read")
        };
        let mut text = String::new();
        let size = if self.path.as_os_str() == "-" {
            io::stdin().lock().take(MAX_SIZE + 1).read_to_string(&mut text)
        } else {
            std::fs::File::open(&self.path)
                .and_then(|file| file.take(MAX_SIZE + 1).read_to_string(&mut text))
        };
        if size.map_err(unreadable)? as u64 > MAX_SIZE {
            let message = format!("{name} is larger than 64 MiB");
            return Err(CliError::new(Kind::Configuration, message)
                .hint("refer to logos as files instead of embedding them"));
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let outside =
            Outside { folder: folder.to_owned(), environment: Source::from_environment()? };
        Document::parse(&text, &outside).map_err(|faults| refuse(&name, Error::Faults(faults)))
    }
}
