//! Lines that clap cannot read, told as everything else is: what is wrong, and then what to do.

use clap::error::ErrorKind;

use super::error::CliError;

/// The error in our own form; `None` for help that was asked for, which clap prints.
pub fn error(error: &clap::Error) -> Option<CliError> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => None,
        _ => Some(told(&error.render().to_string())),
    }
}

/// Clap's paragraphs: what is wrong, tips, the usage, and where to read more.
fn told(text: &str) -> CliError {
    let mut paragraphs = text.trim_end().split("\n\n");
    let what = paragraphs.next().unwrap_or_default();
    let mut error = CliError::usage(what.trim_start_matches("error: "));
    let mut usage = None;
    for line in paragraphs.flat_map(str::lines) {
        if let Some(tip) = line.trim_start().strip_prefix("tip: ") {
            // How to pass a word that looks like an option is hardly ever what was meant.
            if !tip.starts_with("to pass ") {
                error = error.hint(tip);
            }
        } else if let Some(line) = line.strip_prefix("Usage: ") {
            usage = Some(line);
        }
    }
    error.hint(match usage {
        Some(line) => format!("usage: {line}, and --help for more"),
        None => "--help tells what is wanted".to_owned(),
    })
}
