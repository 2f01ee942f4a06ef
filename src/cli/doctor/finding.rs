//! What a check finds.

use serde::Serialize;

use super::super::error::CliError;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, and may not be meant.
    Warning,
    /// Something does not work.
    Problem,
}

impl Status {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub status: Status,
    /// What was found, and why it matters.
    pub finding: String,
    /// What to do: a command or a setting.
    pub mend: Option<String>,
}

impl Finding {
    /// Something is as it should be.
    pub fn ok(finding: impl Into<String>) -> Self {
        Self { status: Status::Ok, finding: finding.into(), mend: None }
    }

    /// Something may not be meant.
    pub fn warning(finding: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self { status: Status::Warning, finding: finding.into(), mend }
    }

    /// Something does not work.
    pub fn problem(finding: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self { status: Status::Problem, finding: finding.into(), mend }
    }

    /// What a command would have ended with.
    pub fn of_error(error: impl Into<CliError>) -> Vec<Self> {
        let error = error.into();
        let problems = error.problems().iter();
        problems
            .map(|problem| Self::problem(&problem.message, problem.hints.join("; or ")))
            .collect()
    }
}
