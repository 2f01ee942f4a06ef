//! The facts about a backup, as they are reported.

use super::super::page::{Page, yes_no};
use crate::backup::BackupContents;

/// The fields to print. Values are escaped to one line each: the backup may be forged.
fn fields(page: &Page, told: &BackupContents) -> Vec<(&'static str, String)> {
    let shown = |text: &str| text.escape_debug().to_string();
    let made =
        told.created_at.parse().map_or_else(|_| shown(&told.created_at), |at| page.moment(at));
    vec![
        ("Made", made),
        ("Address", shown(&told.app_url)),
        ("Version", shown(&told.program_version)),
        ("Engine", shown(&told.engine)),
        ("Users", told.count("users").to_string()),
        ("Clients", told.count("clients").to_string()),
        ("Rows", told.rows.to_string()),
        ("Encryption key", yes_no(told.has_encryption_key)),
    ]
}

/// Advice about the encryption key for the backup's owner.
pub fn remark(told: &BackupContents) -> &'static str {
    if told.has_encryption_key {
        "The backup contains the encryption key, and so gives access to every secret. \
         Store it safely."
    } else {
        "The backup does not contain the encryption key: restoring needs the same \
         ENCRYPTION_KEY. Store it elsewhere."
    }
}

/// Writes the `first` fields, and then the facts.
pub fn write(page: &mut Page, first: Vec<(&'static str, String)>, told: &BackupContents) {
    let mut fields = first;
    fields.extend(self::fields(page, told));
    page.fields(&fields);
}
