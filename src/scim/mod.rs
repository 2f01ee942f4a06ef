//! The rules of SCIM 2.0 (RFC 7643, RFC 7644): pure.

mod decision;
mod payload;
mod remote;
mod retry;

pub use decision::{
    DeletionCount, ProvisioningStep, RemoteState, SentState, TooManyDeletions, check_deletions,
    next_step,
};
pub use payload::{ProvisionedBody, deactivated, group_body, user_body};
pub use remote::{RemotePage, RemoteResource, error_detail, is_usable_id, same_name};
pub use retry::{MAX_ATTEMPTS, pause_before_retry};

/// The media type of SCIM (RFC 7644 §3.1).
pub const MEDIA_TYPE: &str = "application/scim+json";
/// The schema of users (RFC 7643 §4.1).
pub const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of groups (RFC 7643 §4.2).
pub const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
