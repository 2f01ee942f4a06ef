//! Errors for people: a message, hints, and an exit code.

use std::process::ExitCode;

use crate::{
    settings::Faults,
    store::{StoreError, error::Foreign},
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

    /// All faults. Only invalid settings cause more than one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
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
        Self::new(kind_of(error), format!("cannot {error}")).hint(hint_for(error))
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

fn hint_for(error: &StoreError) -> &'static str {
    match error {
        StoreError::Busy => {
            "try again in a moment; if it keeps failing, another program holds the file open"
        }
        StoreError::Conflict | StoreError::Orphan(_) => {
            "it was changed at the same time; check the current state, and try again"
        }
        StoreError::Corrupt { .. } | StoreError::CorruptRow { .. } => {
            "restore the database from a backup, or correct that row; another program has written \
             to it"
        }
        StoreError::Full => "free some disk space, and try again",
        StoreError::KeyChanged => "try again with the current encryption key",
        StoreError::Malformed(_) => {
            "stop the server, keep the file, check the disk, and restore the latest backup"
        }
        StoreError::Moved { .. } => {
            "put the file back; or restart the server, which then uses the present file"
        }
        StoreError::Needed(_) => {
            "remove these first, and create them again afterwards; nothing was changed"
        }
        StoreError::NotOurs { what: Foreign::PocketId, .. } => {
            "set DB_CONNECTION_STRING to another file, and import this one: pocketid import FOLDER"
        }
        StoreError::NotOurs { .. } => {
            "set DB_CONNECTION_STRING to the database of pocketid, or to a file that does not exist \
             yet"
        }
        StoreError::Open { .. } => {
            "this user must be able to read and write the file in DB_CONNECTION_STRING and its \
             folder"
        }
        StoreError::ReadOnly => {
            "this user must be able to write the file and its folder; run the command as the user of \
             the server"
        }
        StoreError::Sql(_) => {
            "if it happens again, report it with the command that you ran; the log of a PostgreSQL server may say more"
        }
        error => hint_for_start(error),
    }
}

/// Hints for errors of taking a database into use, and of its migration.
fn hint_for_start(error: &StoreError) -> &'static str {
    match error {
        StoreError::Migration { .. } => {
            "nothing was changed: use the previous version of pocketid, and report this"
        }
        StoreError::Newer { .. } => {
            "upgrade pocketid: a newer version has used this database; nothing was changed. A \
             copy of an SQLite file from before the upgrade is beside it, such as \
             pocketid.db.before-v2"
        }
        StoreError::Older { .. } => "the next start of the server migrates it",
        StoreError::Restored => "start it again when the restore has finished",
        StoreError::Served { .. } => {
            "stop the other server first, or give this one a file of its own with \
             DB_CONNECTION_STRING; commands work beside a server"
        }
        StoreError::ServedByEarlier { .. } => {
            "stop every server of the earlier version first, and then start this version; nothing \
             was changed"
        }
        StoreError::Snapshot { .. } => {
            "free some disk space, or let this user write to the folder; nothing was changed"
        }
        error => hint_for_server(error),
    }
}

/// Hints for errors of a database server.
fn hint_for_server(error: &StoreError) -> &'static str {
    match error {
        StoreError::Denied(_) => {
            "give the user of DB_CONNECTION_STRING the right to it, as in: GRANT USAGE, CREATE ON SCHEMA public TO \
             pocketid; or make it the owner of the database"
        }
        StoreError::Exhausted(_) => {
            "try again in a moment; if it keeps failing, raise max_connections of the database \
             server, or stop other programs that use it"
        }
        StoreError::NoDatabase(_) => {
            "create it, as in: createdb --owner=pocketid pocketid; or correct its name in \
             DB_CONNECTION_STRING"
        }
        StoreError::NoSchema(_) => {
            "make the schema, as in: CREATE SCHEMA pocketid AUTHORIZATION pocketid; or correct search_path in \
             DB_CONNECTION_STRING"
        }
        StoreError::Setting(_) => "correct that parameter in DB_CONNECTION_STRING, or remove it",
        StoreError::SignIn(_) => {
            "correct the username and the password in DB_CONNECTION_STRING; in a URL, write / as \
             %2F, @ as %40 and % as %25. If they are right, check that pg_hba.conf of the \
             database server allows this machine"
        }
        StoreError::Starting | StoreError::TimedOut => "try again in a moment",
        StoreError::Unreachable { .. } => {
            "check that the database server is running, and that DB_CONNECTION_STRING is right"
        }
        _ => "please report it with the command that you ran",
    }
}
