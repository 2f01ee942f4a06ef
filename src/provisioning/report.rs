//! The result of a synchronisation.

use std::fmt;

use serde::Serialize;

/// Counts users or groups by their outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ResourceCount {
    /// Those that were created.
    pub created: usize,
    /// Those that were replaced.
    pub changed: usize,
    /// Those that were deleted.
    pub deleted: usize,
    /// Those that the endpoint had already.
    pub unchanged: usize,
    /// Those that the endpoint refused.
    pub failed: usize,
    /// Those at the endpoint that others created.
    pub foreign: usize,
}

/// The result of a synchronisation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ProvisioningReport {
    /// The users.
    pub users: ResourceCount,
    /// The groups.
    pub groups: ResourceCount,
}

impl fmt::Display for ResourceCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, changed, deleted, unchanged, failed, .. } = self;
        write!(
            f,
            "{created} created, {changed} changed, {deleted} deleted, {unchanged} unchanged"
        )?;
        if *failed > 0 { write!(f, ", {failed} failed") } else { Ok(()) }
    }
}

impl fmt::Display for ProvisioningReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "users: {}; groups: {}", self.users, self.groups)
    }
}
