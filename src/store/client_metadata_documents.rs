//! `client_metadata_documents`: the clients that describe themselves at the address that is their id,
//! as their document was when it was last fetched.

use super::{
    Row, StoreError, Tx, clients, consents,
    value::{params, parse_column},
};
use crate::model::{Client, ClientId, GrantType, Timestamp};

/// The most of these clients that are kept, each of at most five KiB. Those that nobody has signed in to are
/// forgotten when their document expires and nothing waits for them; or before that when there are too many, with
/// what waits for them. Whoever comes by the address again has it fetched anew.
const MAX_DOCUMENTS: i64 = 10_000;
/// How many are forgotten at a time.
const EVICTED: i64 = 20;

/// Those that nobody uses and that expire until `?1`, the first ones first.
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

/// Those that nobody has signed in to, the oldest first. Requests that wait, which anybody can make, keep none of
/// them: they end with it, and their browsers are told to begin again. When a document expires its own site says,
/// so that does not decide either.
const EVICT: &str = "
    DELETE FROM clients WHERE id IN (
        SELECT d.client_id FROM client_metadata_documents d
          JOIN clients c ON c.id = d.client_id
         WHERE NOT EXISTS (SELECT 1 FROM consents WHERE client_id = d.client_id)
           AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = d.client_id)
         ORDER BY c.created_at
         LIMIT ?1)";

const FIND: &str = "
    SELECT grant_types, expires_at FROM client_metadata_documents WHERE client_id = ?1";

const COUNT: &str = "SELECT COUNT(*) FROM client_metadata_documents";

const UPSERT: &str = "
    INSERT INTO client_metadata_documents (client_id, grant_types, expires_at)
    VALUES (?1, ?2, ?3)
    ON CONFLICT (client_id) DO UPDATE
       SET grant_types = excluded.grant_types, expires_at = excluded.expires_at";

/// What is kept of a document beside the client.
#[derive(Debug, Clone)]
pub struct ClientMetadataDocument {
    /// The grant types that it lists.
    pub grant_types: Vec<GrantType>,
    /// When it has to be fetched again.
    pub expires_at: Timestamp,
}

/// Finds the document of a client.
pub fn find(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<ClientMetadataDocument>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Stores a client as its document describes it, new or changed. `false` when there are too many that somebody
/// has signed in to.
///
/// When more than the name has changed, nobody's consent holds any more: it was given to something else.
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

fn read(row: &Row<'_>) -> Result<ClientMetadataDocument, StoreError> {
    let grant_types: String = row.get(0)?;
    let grant_types = grant_types
        .split(' ')
        .filter(|text| !text.is_empty())
        .map(|text| parse_column(text, GrantType::parse, 0, "grant type"))
        .collect::<Result<_, _>>()?;
    Ok(ClientMetadataDocument { grant_types, expires_at: row.get(1)? })
}
