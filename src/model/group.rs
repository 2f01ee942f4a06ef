//! Groups of users: the `groups` claim, and who may use a client.

use super::{GroupId, Timestamp, text::text_type};

text_type!(
    /// The name in the `groups` claim, unique.
    GroupName, 2, 255
);
text_type!(
    /// The name that people see.
    FriendlyName, 2, 50
);

/// A user group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// The name in the `groups` claim.
    pub name: GroupName,
    /// The name that people see.
    pub friendly_name: FriendlyName,
    /// When it was made.
    pub created_at: Timestamp,
}
