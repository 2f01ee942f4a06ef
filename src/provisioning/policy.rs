//! The permissions of a synchronisation.

/// Permissions of a synchronisation that an administrator gives, and the server does not have by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProvisioningPolicy {
    /// Whether it may delete most of the resources at the endpoint.
    pub allow_deletions: bool,
    /// Whether it may take over accounts and groups of the same name that belong to no directory.
    pub adopt: bool,
}
