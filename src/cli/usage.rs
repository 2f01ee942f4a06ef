//! Converts clap's errors to the program's own form: the fault first, and then the hints.

use clap::error::ErrorKind;

use super::error::CliError;

/// Converts an error; `None` for requested help, which clap prints.
pub fn error(error: &clap::Error) -> Option<CliError> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => None,
        _ => Some(told(&error.render().to_string())),
    }
}

/// Converts clap's paragraphs: the error, tips, the usage, and a pointer to more help.
fn told(text: &str) -> CliError {
    let mut paragraphs = text.trim_end().split("\n\n");
    let what = paragraphs.next().unwrap_or_default();
    let mut error = CliError::usage(what.trim_start_matches("error: "));
    let mut usage = None;
    for line in paragraphs.flat_map(str::lines) {
        if let Some(tip) = line.trim_start().strip_prefix("tip: ") {
            // Drops the tip about values that look like options, which is rarely relevant.
            if !tip.starts_with("to pass ") {
                error = error.hint(tip);
            }
        } else if let Some(line) = line.strip_prefix("Usage: ") {
            usage = Some(line);
        }
    }
    error.hint(match usage {
        Some(line) => format!("usage: {line}, and --help for more"),
        None => "see --help".to_owned(),
    })
}
