//! The grant types of clients that registered themselves: a column of `client_registrations` that is read with the client.

use super::{
    Row, StoreError, Tx,
    value::{params, parse_column},
};
use crate::model::{ClientId, GrantType};

const FIND: &str = "SELECT grant_types FROM client_registrations WHERE client_id = ?1";

/// Finds the grant types of a client; none for one that an administrator registered.
pub(super) fn find(tx: &mut Tx<'_>, id: &ClientId) -> Result<Vec<GrantType>, StoreError> {
    let found = tx.query_opt(FIND, params![id], |row| read(row, 0))?;
    Ok(found.unwrap_or_default())
}

/// Reads the column, which has them separated by spaces.
pub(super) fn read(row: &Row<'_>, column: usize) -> Result<Vec<GrantType>, StoreError> {
    let text: String = row.get(column)?;
    let words = text.split(' ').filter(|text| !text.is_empty());
    words.map(|text| parse_column(text, GrantType::parse, column, "grant type")).collect()
}
