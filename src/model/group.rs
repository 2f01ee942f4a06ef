//! Groups of users: the `groups` claim and access to restricted clients.

use super::{DirectoryId, GroupId, Timestamp, text::text_type};

text_type!(
    /// The unique name in the `groups` claim.
    GroupName, 2, 255
);
text_type!(
    /// The display name.
    FriendlyName, 2, 50
);

/// A user group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// The name in the `groups` claim.
    pub name: GroupName,
    /// The display name.
    pub friendly_name: FriendlyName,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its names or its members last changed.
    pub updated_at: Timestamp,
    /// The id in the directory that the group comes from; none if it was made here.
    pub ldap_id: Option<DirectoryId>,
}
