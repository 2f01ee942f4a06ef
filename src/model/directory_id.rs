//! The id of a user or a group in a directory (LDAP).

use super::text::text_type;

text_type!(
    /// The id of an account or a group in the directory that it comes from. It stays the same when the
    /// entry is renamed, such as `entryUUID` (RFC 4530).
    DirectoryId, 1, 512
);
