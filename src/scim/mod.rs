//! The rules of SCIM 2.0 (RFC 7643, RFC 7644): pure.

mod attribute_path;
mod decision;
pub mod discovery;
mod fault;
mod filter;
mod group_fields;
mod list_request;
mod patch;
mod payload;
mod projection;
mod remote;
mod resource;
mod retry;
mod user_fields;
mod values;

pub use attribute_path::AttributePath;
pub use fault::{ScimErrorType, ScimFault};
pub use filter::{Lookup, MAX_FILTER, PatchPath, ScimFilter};
pub use group_fields::{
    GroupFields, GroupNames, MAX_MEMBERS, MemberChange, no_such_member, shown_name,
};
pub use list_request::{ListRequest, MAX_RESULTS, projection_of_query};
pub use patch::{PatchKind, PatchStep, patch_steps};
pub use projection::Projection;
pub use resource::{SeenGroup, SeenUser, member, names_version, version};
pub use user_fields::{CheckedScimUser, UserFields};
pub use values::ExternalId;

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
