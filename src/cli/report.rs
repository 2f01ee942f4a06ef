//! The one place that prints: results on standard output, everything else on standard error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use super::{
    error::CliError,
    globals::{ColorWhen, Globals, Output},
    local_time::Zone,
    log_queue,
    page::{self, Page, Screen, Terminal},
    printable, wrap,
};

/// The hint for a result that cannot be printed: the command was carried out.
const DONE: &str = "the command was carried out; a secret that was not printed is lost, so delete \
                    its entry and create it again";
/// The hint for a plan that cannot be printed: nothing was changed.
const NOT_DONE: &str = "nothing was changed; print the plan where there is room for it";

/// The result of a command.
///
/// Its `Serialize` is the JSON form, which is stable and has the field names of the REST API.
pub trait Outcome: Serialize {
    /// Writes the text form.
    fn write_text(&self, page: &mut Page);

    /// Important notes on the result, printed on standard error wherever the result goes. The JSON
    /// form includes them.
    fn notes(&self) -> Option<String> {
        None
    }

    /// Advice on the next step, printed on standard error after the result, for a person only.
    fn afterword(&self) -> Option<String> {
        None
    }

    /// The variables of `-o env`, for the commands that support it.
    fn env(&self) -> Vec<(&str, String)> {
        Vec::new()
    }
}

/// The output settings of a command.
#[derive(Debug)]
pub struct Report {
    output: Output,
    quiet: bool,
    color: ColorWhen,
    is_utc: bool,
    stdin_is_terminal: bool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
}

impl Report {
    /// Reads the options and checks for terminals.
    pub fn new(globals: &Globals) -> Self {
        Self {
            output: globals.output,
            quiet: globals.quiet,
            color: globals.color,
            is_utc: globals.utc,
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// The output format of results.
    pub fn output(&self) -> Output {
        self.output
    }

    /// Whether results are tables for a person.
    pub fn draws_tables(&self) -> bool {
        self.output == Output::Text && self.stdout_is_terminal
    }

    /// Whether results go to a terminal, in whatever form.
    pub fn is_on_terminal(&self) -> bool {
        self.stdout_is_terminal
    }

    /// Whether the user can be asked: standard input and standard error are terminals.
    pub fn can_ask(&self) -> bool {
        self.stdin_is_terminal && self.stderr_is_terminal
    }

    /// Whether notes go to a terminal.
    pub fn has_reader(&self) -> bool {
        self.stderr_is_terminal
    }

    /// Whether to show progress.
    pub fn shows_progress(&self) -> bool {
        self.stderr_is_terminal && !self.quiet
    }

    /// Whether standard input is a terminal.
    pub fn reads_from_terminal(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Whether notes are coloured.
    pub fn has_color(&self) -> bool {
        self.color.applies(self.stderr_is_terminal)
    }

    /// Whether a person reads the results as text, so that advice may follow.
    pub fn is_for_a_person(&self) -> bool {
        self.output == Output::Text && self.stdout_is_terminal && self.stderr_is_terminal
    }

    /// Prints a result in the requested format.
    pub fn result(&self, outcome: &impl Outcome) -> Result<(), CliError> {
        self.outcome(outcome, DONE)
    }

    /// Prints a plan; nothing has been changed yet.
    pub fn plan(&self, outcome: &impl Outcome) -> Result<(), CliError> {
        self.outcome(outcome, NOT_DONE)
    }

    /// An empty page for standard output.
    pub fn page(&self) -> Page {
        let screen = if self.stdout_is_terminal {
            Screen::Terminal(Terminal {
                width: page::width_of_stdout(),
                zone: if self.is_utc { Zone::utc() } else { Zone::local() },
                has_symbols: has_utf8(|name| std::env::var(name).ok()),
            })
        } else {
            Screen::Pipe
        };
        Page::new(screen, self.color.applies(self.stdout_is_terminal))
    }

    fn outcome(&self, outcome: &impl Outcome, unprinted: &str) -> Result<(), CliError> {
        let text = match self.output {
            Output::Text => {
                let mut page = self.page();
                outcome.write_text(&mut page);
                page.into_text()
            }
            Output::Json => {
                let json = serde_json::to_string_pretty(outcome);
                printable::json(&json.expect("results are plain trees of texts and numbers")) + "\n"
            }
            Output::Env => {
                let lines =
                    outcome.env().into_iter().map(|(name, text)| format!("{name}={text}\n"));
                lines.collect()
            }
        };
        self.print(&text, unprinted)?;
        if self.output != Output::Json
            && let Some(notes) = outcome.notes()
        {
            self.note(notes);
        }
        if self.is_for_a_person()
            && let Some(afterword) = outcome.afterword()
        {
            self.note(afterword);
        }
        Ok(())
    }

    /// Prints text unchanged.
    pub fn text(&self, text: &str) -> Result<(), CliError> {
        self.stream(text).map(drop)
    }

    /// Prints a part of a longer text. Returns `false` if the reader closed the pipe.
    pub fn stream(&self, text: &str) -> Result<bool, CliError> {
        self.print(text, DONE)
    }

    /// Writes a file unchanged.
    pub fn bytes(&self, bytes: &[u8]) -> Result<(), CliError> {
        self.write(bytes, DONE).map(drop)
    }

    /// Prints; `unprinted` is the hint for a failure.
    fn print(&self, text: &str, unprinted: &str) -> Result<bool, CliError> {
        self.write(text.as_bytes(), unprinted)
    }

    fn write(&self, bytes: &[u8], unprinted: &str) -> Result<bool, CliError> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            // The reader closed the pipe, as `head` does; not an error.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => {
                Err(CliError::refused(format!("cannot print the result: {error}")).hint(unprinted))
            }
            Ok(()) => Ok(true),
        }
    }

    /// Prints a note about the result or the next step. On a terminal it is wrapped between words.
    pub fn note(&self, text: impl AsRef<str>) {
        if self.quiet {
            return;
        }
        let text = printable::text(text.as_ref());
        let text = if self.stderr_is_terminal {
            wrap::at(&text, page::width_of_stderr())
        } else {
            text.into_owned()
        };
        to_stderr(&format!("{text}\n"));
    }

    /// Prints what a person has to do for the command to go on, also with `--quiet`.
    pub fn instruct(&self, text: impl AsRef<str>) {
        to_stderr(&format!("{}\n", printable::text(text.as_ref())));
    }

    /// Prints a warning.
    pub fn warn(&self, text: impl AsRef<str>) {
        if !self.quiet {
            to_stderr(&self.labelled("warning", AnsiColor::Yellow, text.as_ref()));
        }
    }

    /// Prints an error with its hints.
    pub fn error(&self, error: &CliError) {
        for problem in error.problems() {
            to_stderr(&self.labelled("error", AnsiColor::Red, &problem.message));
            for hint in &problem.hints {
                to_stderr(&self.labelled("hint", AnsiColor::Cyan, hint));
            }
        }
    }

    fn labelled(&self, label: &str, color: AnsiColor, text: &str) -> String {
        let style = if self.has_color() { color.on_default().bold() } else { Style::new() };
        let text = printable::text(text);
        let text = if self.stderr_is_terminal {
            wrap::first_after(&text, label.len() + 2, page::width_of_stderr())
        } else {
            text.into_owned()
        };
        format!("{style}{label}:{style:#} {text}\n")
    }
}

/// Whether the locale says that the terminal takes UTF-8 (POSIX.1-2017 §8.2: the first variable that
/// is set and not empty counts).
fn has_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).filter(|text| !text.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let locale = locale.to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Prints an error without knowledge of options and terminals.
pub fn plain_error(error: &CliError) {
    for problem in error.problems() {
        to_stderr(&format!("error: {}\n", printable::text(&problem.message)));
        for hint in &problem.hints {
            to_stderr(&format!("hint: {}\n", printable::text(hint)));
        }
    }
}

/// Uses the log queue if a server logs, so that it never waits for the reader of standard error.
fn to_stderr(text: &str) {
    if !log_queue::push(text) {
        // A failure to write to standard error cannot be reported anywhere.
        drop(io::stderr().lock().write_all(text.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::has_utf8;

    #[test]
    fn the_locale_says_whether_the_terminal_takes_utf_8() {
        let with = |set: &[(&str, &str)]| {
            has_utf8(|name| {
                set.iter().find(|(other, _)| *other == name).map(|(_, text)| (*text).to_owned())
            })
        };
        assert!(with(&[("LANG", "en_GB.UTF-8")]));
        assert!(with(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!with(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!with(&[]));
    }
}
