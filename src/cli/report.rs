//! The one place that prints: results on standard output, everything else on standard error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use super::{
    args::{ColorWhen, Globals, Output},
    error::CliError,
    log_queue,
    page::{self, Page},
    printable, wrap,
};

/// What a result that cannot be printed leaves behind.
const DONE: &str = "what the command does was done; a secret that nobody saw is lost, so delete what \
                    has it and create it again";
/// What a plan that cannot be printed leaves behind.
const NOT_DONE: &str = "nothing was changed; print the plan where there is room for it";

/// What a command found or did.
///
/// Its `Serialize` is the JSON form, which is stable and has the field names of the REST API.
pub trait Outcome: Serialize {
    /// Writes the form for people.
    fn write_text(&self, page: &mut Page);

    /// What has to be known beside the result; told on standard error, whoever reads the result. The
    /// JSON form has it in the result.
    fn notes(&self) -> Option<String> {
        None
    }

    /// What a person may want to know next; told after the result, on standard error.
    fn afterword(&self) -> Option<String> {
        None
    }

    /// The lines of `-o env`, for the commands that offer it.
    fn env(&self) -> Vec<(&str, String)> {
        Vec::new()
    }
}

/// Where and how to print.
#[derive(Debug)]
pub struct Report {
    output: Output,
    quiet: bool,
    color: ColorWhen,
    stdin_is_terminal: bool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
}

impl Report {
    /// Looks at the options and at the terminal.
    pub fn new(globals: &Globals) -> Self {
        Self {
            output: globals.output,
            quiet: globals.quiet,
            color: globals.color,
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// The form of results.
    pub fn output(&self) -> Output {
        self.output
    }

    /// Whether there is somebody to ask.
    pub fn can_ask(&self) -> bool {
        self.stdin_is_terminal && self.stderr_is_terminal
    }

    /// Whether somebody reads the notes.
    pub fn has_reader(&self) -> bool {
        self.stderr_is_terminal
    }

    /// Whether somebody watches how far it is.
    pub fn shows_progress(&self) -> bool {
        self.stderr_is_terminal && !self.quiet
    }

    /// Whether standard input is somebody who types.
    pub fn reads_from_terminal(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Whether notes are coloured.
    pub fn has_color(&self) -> bool {
        self.color.applies(self.stderr_is_terminal)
    }

    /// Whether a person reads the results as text: then, what to do next may be told.
    fn is_for_a_person(&self) -> bool {
        self.output == Output::Text && self.stdout_is_terminal && self.stderr_is_terminal
    }

    /// Prints a result in the form that was asked for.
    pub fn result(&self, outcome: &impl Outcome) -> Result<(), CliError> {
        self.outcome(outcome, DONE)
    }

    /// Prints what would be done, or is going to be: nothing has happened yet.
    pub fn plan(&self, outcome: &impl Outcome) -> Result<(), CliError> {
        self.outcome(outcome, NOT_DONE)
    }

    fn outcome(&self, outcome: &impl Outcome, unprinted: &str) -> Result<(), CliError> {
        let text = match self.output {
            Output::Text => {
                let color = self.color.applies(self.stdout_is_terminal);
                let mut page = Page::new(self.stdout_is_terminal, color);
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

    /// Prints text as it is.
    pub fn text(&self, text: &str) -> Result<(), CliError> {
        self.stream(text).map(drop)
    }

    /// Prints text that more follows. `false` when nobody reads any more.
    pub fn stream(&self, text: &str) -> Result<bool, CliError> {
        self.print(text, DONE)
    }

    /// Prints; `unprinted` is what somebody has to know who did not see it.
    fn print(&self, text: &str, unprinted: &str) -> Result<bool, CliError> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            // Who reads has read enough, as `head` does.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => {
                Err(CliError::refused(format!("cannot print the result: {error}")).hint(unprinted))
            }
            Ok(()) => Ok(true),
        }
    }

    /// Tells what was done or what comes next. No word is broken at the edge of a terminal.
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

    /// Tells of something that may not be meant.
    pub fn warn(&self, text: impl AsRef<str>) {
        if !self.quiet {
            to_stderr(&self.labelled("warning", AnsiColor::Yellow, text.as_ref()));
        }
    }

    /// Tells why nothing was done, and what to do.
    pub fn error(&self, error: &CliError) {
        for problem in error.problems() {
            to_stderr(&self.labelled("error", AnsiColor::Red, &problem.message));
            for hint in &problem.hints {
                to_stderr(&self.labelled("hint", AnsiColor::Cyan, hint));
            }
        }
    }

    fn labelled(&self, label: &str, color: AnsiColor, text: &str) -> String {
        let style = match self.has_color() {
            true => color.on_default().bold(),
            false => Style::new(),
        };
        format!("{style}{label}:{style:#} {}\n", printable::text(text))
    }
}

/// Tells of an error where nothing is known of options and terminals.
pub fn plain_error(error: &CliError) {
    for problem in error.problems() {
        to_stderr(&format!("error: {}\n", printable::text(&problem.message)));
        for hint in &problem.hints {
            to_stderr(&format!("hint: {}\n", printable::text(hint)));
        }
    }
}

/// A server that logs must not wait for a reader here either.
fn to_stderr(text: &str) {
    if !log_queue::push(text) {
        // There is nowhere left to complain.
        drop(io::stderr().lock().write_all(text.as_bytes()));
    }
}
