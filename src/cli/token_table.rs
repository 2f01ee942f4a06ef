//! The table of tokens that programs have: for SCIM, and for registering clients.

use super::{column::TableColumn, page::Page};
use crate::model::Timestamp;

/// A token, as its row shows it.
#[derive(Debug)]
pub struct TokenRow {
    pub name: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub is_live: bool,
    pub last_used_at: Option<Timestamp>,
    pub id: String,
}

/// Writes the table.
pub fn write(page: &mut Page, tokens: impl Iterator<Item = TokenRow>) {
    let rows = tokens.map(|token| {
        let expires = token.expires_at.map(|end| page.moment_cell(end));
        let expires = expires.map_or_else(
            || "never".to_owned(),
            |end| if token.is_live { end } else { format!("expired {end}") },
        );
        [
            token.name,
            page.moment_cell(token.created_at),
            expires,
            token.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment_cell(at)),
            token.id,
        ]
    });
    let rows = rows.collect();
    page.table(
        [
            TableColumn::text("NAME"),
            TableColumn::whole("CREATED").of_importance(1),
            TableColumn::whole("EXPIRES").of_importance(3),
            TableColumn::whole("LAST USED").of_importance(2),
            TableColumn::whole("ID"),
        ],
        rows,
    );
}
