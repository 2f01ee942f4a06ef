//! Stores clients with their metadata documents.

use super::super::{StoreError, Tx, clients, consents, value::params};
use crate::model::{Client, Timestamp};

/// The most clients with a metadata document that are kept, each of at most 5 KiB. An unused client
/// is deleted when its document expires and no request is pending; or earlier, with its pending
/// requests, when there are too many. The next request of a deleted client fetches its document
/// again.
const MAX_DOCUMENTS: i64 = 10_000;
/// Clients evicted at a time.
const EVICTED: i64 = 20;

/// Deletes clients without a consent or a grant, the oldest first. Pending requests do not protect
/// a client: unauthenticated callers can make them. They are deleted too, and their browsers are
/// told to start again. The expiry does not decide either: the site of the document chooses it.
const EVICT: &str = "
    DELETE FROM clients WHERE id IN (
        SELECT d.client_id FROM client_metadata_documents d
          JOIN clients c ON c.id = d.client_id
         WHERE NOT EXISTS (SELECT 1 FROM consents WHERE client_id = d.client_id)
           AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = d.client_id)
         ORDER BY c.created_at
         LIMIT ?1)";

const COUNT: &str = "SELECT COUNT(*) FROM client_metadata_documents";

const UPSERT: &str = "
    INSERT INTO client_metadata_documents (client_id, grant_types, expires_at)
    VALUES (?1, ?2, ?3)
    ON CONFLICT (client_id) DO UPDATE
       SET grant_types = excluded.grant_types, expires_at = excluded.expires_at";

/// Inserts or updates a client from its metadata document. Returns `false` when the table is full
/// of clients that are in use.
///
/// Deletes all consents when more than the name has changed: they were given to other terms.
pub fn save(tx: &mut Tx<'_>, client: &Client, expires_at: Timestamp) -> Result<bool, StoreError> {
    match clients::find(tx, &client.id)? {
        None if count(tx)? >= MAX_DOCUMENTS && evict(tx)? == 0 => return Ok(false),
        None => clients::insert(tx, client)?,
        Some(known) => {
            clients::update_from_metadata(tx, client)?;
            if !asks_for_the_same(&known, client) {
                consents::delete_of_client(tx, &client.id)?;
            }
        }
    }
    let grant_types = client.grant_types.iter().flatten().map(|grant_type| grant_type.as_str());
    let grant_types = grant_types.collect::<Vec<_>>().join(" ");
    tx.execute(UPSERT, params![client.id, grant_types, expires_at])?.expect_rows(1)?;
    Ok(true)
}

fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![], |row| row.get(0))?.unwrap_or(0))
}

fn evict(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    Ok(tx.execute(EVICT, params![EVICTED])?.rows())
}

fn asks_for_the_same(known: &Client, client: &Client) -> bool {
    known.redirect_uris == client.redirect_uris
        && known.post_logout_redirect_uris == client.post_logout_redirect_uris
        && known.grant_types == client.grant_types
}
