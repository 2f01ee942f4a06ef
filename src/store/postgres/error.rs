//! Converts errors of PostgreSQL to [`StoreError`], by SQLSTATE.

use ::postgres::error::SqlState;

use super::super::StoreError;

/// Whether a transaction was rolled back because of a conflict with another one, and may be
/// retried.
pub(super) fn is_conflict(error: &::postgres::Error) -> bool {
    [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED]
        .iter()
        .any(|state| error.code() == Some(state))
}

/// Whether the server is read-only, such as a standby.
pub(super) fn is_read_only(error: &::postgres::Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}

impl From<::postgres::Error> for StoreError {
    fn from(error: ::postgres::Error) -> Self {
        match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::Conflict,
            Some(code) if *code == SqlState::FOREIGN_KEY_VIOLATION => Self::Orphan(shown(&error)),
            Some(code) if *code == SqlState::DEPENDENT_OBJECTS_STILL_EXIST => {
                Self::Needed(detail(&error))
            }
            Some(code) if *code == SqlState::DISK_FULL => Self::Full,
            Some(code) if *code == SqlState::LOCK_NOT_AVAILABLE => Self::Busy,
            Some(code) if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly,
            Some(code) if *code == SqlState::CANNOT_CONNECT_NOW => Self::Starting,
            Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
                Self::NoDatabase(shown(&error))
            }
            Some(code) if *code == SqlState::INVALID_SCHEMA_NAME => Self::NoSchema(shown(&error)),
            Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => Self::Denied(shown(&error)),
            // Of our statements, only the one that applies the settings of the address can fail
            // like this.
            Some(code)
                if [
                    SqlState::UNDEFINED_OBJECT,
                    SqlState::INVALID_PARAMETER_VALUE,
                    SqlState::CANT_CHANGE_RUNTIME_PARAM,
                ]
                .contains(code) =>
            {
                Self::Setting(shown(&error))
            }
            // By the `statement_timeout`, or by an administrator of the server.
            Some(code) if *code == SqlState::QUERY_CANCELED => Self::TimedOut,
            // Class 28: authentication failed; class 53: out of connections or memory.
            Some(code) if code.code().starts_with("28") => Self::SignIn(shown(&error)),
            Some(code) if code.code().starts_with("53") => Self::Exhausted(shown(&error)),
            // Class 57: server shutting down or starting; class 08: connection broken.
            Some(code) if code.code().starts_with("57") || code.code().starts_with("08") => {
                Self::Unreachable { cause: shown(&error) }
            }
            Some(_) => Self::Sql(shown(&error)),
            None => Self::Unreachable { cause: shown(&error) },
        }
    }
}

/// The message of the server or the operating system, which is more specific than that of the
/// library.
fn shown(error: &::postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(error), _) => error.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}

/// The error detail of the server, on one line. It may contain values of rows, so use it only for
/// errors about schema objects.
fn detail(error: &::postgres::Error) -> String {
    let detail = error.as_db_error().and_then(|error| error.detail());
    detail.map_or_else(|| shown(error), |detail| detail.replace('\n', "; "))
}
