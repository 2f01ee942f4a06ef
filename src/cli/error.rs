//! Errors for people: a message, hints, and an exit code.

use std::process::ExitCode;

use crate::{
    doctor::mends,
    encryption_key::KeyFault,
    settings::Faults,
    store::{StoreError, sealed},
};

/// The exit codes, for the program's help and every man page.
pub const EXIT_CODES: &str = "  0   done
  1   refused, or not found
  2   wrong usage
  3   wrong settings
  4   the database cannot be used
  70  a bug in this program; please report it";

/// The kind of an error, which sets the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Refused, or not found.
    Refused,
    /// Invalid command-line arguments.
    Usage,
    /// An invalid setting.
    Configuration,
    /// The database cannot be used.
    Database,
    /// Input that cannot be read (`EX_DATAERR` of sysexits.h). Only for commands that the server
    /// starts, which has to tell it from any other failure.
    Input,
    /// A bug in this program.
    Bug,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Database => 4,
            Self::Input => 65,
            Self::Bug => 70,
        }
    }
}

/// The reason why a command failed.
#[derive(Debug)]
pub struct CliError {
    kind: Kind,
    problems: Vec<Problem>,
}

/// One fault.
#[derive(Debug)]
pub struct Problem {
    /// The message.
    pub message: String,
    /// Hints, one per line.
    pub hints: Vec<String>,
}

impl CliError {
    /// An error of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, problems: vec![Problem { message: message.into(), hints: Vec::new() }] }
    }

    /// A refusal.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// An error about invalid arguments.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A refusal that the result has told already: nothing more is printed.
    pub fn told() -> Self {
        Self { kind: Kind::Refused, problems: Vec::new() }
    }

    /// Adds another fault.
    pub fn and(mut self, message: impl Into<String>) -> Self {
        self.problems.push(Problem { message: message.into(), hints: Vec::new() });
        self
    }

    /// Adds a hint to the last fault.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(problem) = self.problems.last_mut() {
            problem.hints.push(hint.into());
        }
        self
    }

    /// All faults. Only invalid settings cause more than one; there is none if the result tells
    /// them.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The message of the first fault.
    pub fn message(&self) -> &str {
        self.problems.first().map(|problem| problem.message.as_str()).unwrap_or_default()
    }

    /// The exit code of the process.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.code())
    }
}

impl From<Faults> for CliError {
    fn from(faults: Faults) -> Self {
        let problems = faults.iter().map(|fault| Problem {
            message: format!("{} {}", fault.name, fault.fault),
            hints: vec![fault.hint.clone()],
        });
        Self { kind: Kind::Configuration, problems: problems.collect() }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl From<&StoreError> for CliError {
    fn from(error: &StoreError) -> Self {
        Self::new(kind_of(error), error.to_string()).hint(mends::of_store(error))
    }
}

impl From<KeyFault> for CliError {
    fn from(fault: KeyFault) -> Self {
        let kind = match &fault {
            KeyFault::Store(error) | KeyFault::Sealed(sealed::ResealError::Store(error)) => {
                return error.into();
            }
            KeyFault::NotLost(_) | KeyFault::Same | KeyFault::Sealed(_) => Kind::Refused,
            KeyFault::File { .. }
            | KeyFault::Lost { .. }
            | KeyFault::Missing
            | KeyFault::Wrong(_) => Kind::Configuration,
        };
        mends::of_key(&fault).into_iter().fold(Self::new(kind, fault.to_string()), Self::hint)
    }
}

fn kind_of(error: &StoreError) -> Kind {
    match error {
        StoreError::Conflict
        | StoreError::Orphan(_)
        | StoreError::Restored
        | StoreError::Served { .. }
        | StoreError::ServedByEarlier { .. } => Kind::Refused,
        StoreError::KeyChanged => Kind::Configuration,
        StoreError::RowCount { .. }
        | StoreError::Stale
        | StoreError::Stopped
        | StoreError::Unwritable(_) => Kind::Bug,
        _ => Kind::Database,
    }
}
