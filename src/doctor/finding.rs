//! The result of a check.

use serde::Serialize;

use super::mends;
use crate::{encryption_key::KeyFault, store::StoreError};

/// The severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, but may be unintended.
    Warning,
    /// Something does not work.
    Problem,
}

impl Status {
    /// The name of the severity.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The severity.
    pub status: Status,
    /// The finding and its consequence.
    pub finding: String,
    /// The fix: a command or a setting.
    pub mend: Option<String>,
}

impl Finding {
    /// A finding without a fault.
    pub fn ok(finding: impl Into<String>) -> Self {
        Self { status: Status::Ok, finding: finding.into(), mend: None }
    }

    /// A finding that may be unintended.
    pub fn warning(finding: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self { status: Status::Warning, finding: finding.into(), mend }
    }

    /// A finding of a fault.
    pub fn problem(finding: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self { status: Status::Problem, finding: finding.into(), mend }
    }

    /// The finding of a database that cannot be used.
    pub(super) fn of_store(error: &StoreError) -> Self {
        Self::problem(error.to_string(), mends::of_store(error))
    }

    /// The finding of an encryption key that cannot be used.
    pub(super) fn of_key(fault: &KeyFault) -> Self {
        Self::problem(fault.to_string(), mends::of_key(fault).join("; or "))
    }
}
