//! Converts clap's errors to the program's own form: the fault first, and then the hints.

use clap::error::ErrorKind;

use super::error::CliError;

/// Converts an error; `None` for requested help, which clap prints.
pub fn error(error: &clap::Error) -> Option<CliError> {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => None,
        kind => Some(told(&error.render().to_string(), kind)),
    }
}

/// Converts clap's paragraphs: the error, tips, the usage, and a pointer to more help.
fn told(text: &str, kind: ErrorKind) -> CliError {
    let mut paragraphs = text.trim_end().split("\n\n");
    let what = paragraphs.next().unwrap_or_default();
    let mut error = CliError::usage(shortened(what.trim_start_matches("error: ")));
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
    let is_unknown = matches!(kind, ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument);
    if is_unknown && usage.and_then(|line| line.split_whitespace().nth(1)) == Some("service") {
        error = error.hint(OTHER_COMMANDS_FOR_SERVICES);
    }
    error.hint(match usage {
        Some(line) => format!("usage: {line}, and --help for more"),
        None => "see --help".to_owned(),
    })
}

/// The most alternatives that are listed in the place of a missing option.
const MAX_ALTERNATIVES: usize = 4;

/// Where to find what `pocketid service` does not have.
const OTHER_COMMANDS_FOR_SERVICES: &str =
    "a service is a user; there is more at: pocketid user --help, pocketid group --help";

/// Shortens a list of missing arguments, of which one may be any of two dozen options.
fn shortened(what: &str) -> String {
    let empty = what.strip_prefix("invalid value '' for ");
    if let Some(name) = empty.and_then(|rest| rest.strip_suffix(": is required")) {
        return format!("{name} must not be empty");
    }
    let is_long = |line: &&str| line.matches('|').count() >= MAX_ALTERNATIVES;
    let Some(long) = what.lines().find(is_long) else { return what.to_owned() };
    let first = long.split('|').next().unwrap_or_default();
    let first = first.trim_start().trim_start_matches('<');
    if what.lines().count() == 2 {
        return format!("nothing to change: give at least one option, such as {first}");
    }
    let short = format!("  at least one option that changes something, such as {first}");
    what.replace(long, &short)
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_missing_choice_of_many_options_is_told_by_an_example() {
        let head = "the following required arguments were not provided:";
        assert_eq!(
            shortened(&format!("{head}\n  <--name <NAME>|--a <A>|--b <B>|--c|--d>")),
            "nothing to change: give at least one option, such as --name <NAME>"
        );
        assert_eq!(
            shortened(&format!("{head}\n  <--name <NAME>|--a <A>|--b <B>|--c|--d>\n  <CLIENT>")),
            format!(
                "{head}\n  at least one option that changes something, such as --name <NAME>\n  \
                 <CLIENT>"
            )
        );
    }

    #[test]
    fn an_empty_value_is_told_by_its_name() {
        assert_eq!(
            shortened("invalid value '' for '<HOST>': is required"),
            "'<HOST>' must not be empty"
        );
    }

    #[test]
    fn a_choice_of_few_is_told_as_it_is() {
        let what =
            "the following required arguments were not provided:\n  <VALUE|--value-file <FILE>>";
        assert_eq!(shortened(what), what);
    }
}
