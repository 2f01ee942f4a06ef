//! `client_metadata_documents`: clients whose id is the URL of a metadata document, with the facts
//! of the document when it was last fetched.

mod find;
mod save;

pub use find::{ClientMetadataDocument, find};
pub use save::save;

/// Deletes unused clients whose document expires by `?1`, the earliest first. `?2` is the size of
/// the batch.
pub(super) const DELETE_UNUSED: &str = "
    DELETE FROM clients WHERE id IN (
        SELECT d.client_id FROM client_metadata_documents d
         WHERE d.expires_at <= ?1
           AND NOT EXISTS (SELECT 1 FROM consents WHERE client_id = d.client_id)
           AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = d.client_id)
           AND NOT EXISTS (SELECT 1 FROM device_codes WHERE client_id = d.client_id)
           AND NOT EXISTS (SELECT 1 FROM interactions WHERE client_id = d.client_id)
           AND NOT EXISTS (
               SELECT 1 FROM pushed_authorization_requests WHERE client_id = d.client_id)
         ORDER BY d.expires_at
         LIMIT ?2)";
