//! Reads the facts of metadata documents.

use crate::{
    model::{ClientId, GrantType, Timestamp},
    store::{
        Row, StoreError, Tx,
        value::{params, parse_column},
    },
};

const FIND: &str = "
    SELECT grant_types, expires_at FROM client_metadata_documents WHERE client_id = ?1";

/// The facts of a metadata document that are stored beside the client.
#[derive(Debug, Clone)]
pub struct ClientMetadataDocument {
    /// The grant types that it lists.
    pub grant_types: Vec<GrantType>,
    /// When the document must be fetched again.
    pub expires_at: Timestamp,
}

/// Finds the document of a client.
pub fn find(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<ClientMetadataDocument>, StoreError> {
    tx.query_opt(FIND, params![id], read)
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
