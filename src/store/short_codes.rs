//! Codes that users type, in all tables. Their digests are keyed.
//!
//! Version 1 of the schema had plain digests. The first program with the key converts them, so that
//! links from before an upgrade still work.

use uuid::Uuid;

use super::{StoreError, Tx, value::params};
use crate::crypto::{CodeKey, CodeKind, Digest};

/// The SQL for one kind of code.
struct Statements {
    /// The statements for plain digests, for the kinds that schema version 1 had.
    plain: Option<Plain>,
    end: &'static str,
}

/// The SQL for plain digests.
struct Plain {
    select: &'static str,
    update: &'static str,
}

/// The SQL for each kind; the match is exhaustive, so a new kind cannot be forgotten.
fn statements(kind: CodeKind) -> Statements {
    match kind {
        CodeKind::DeviceLogin => Statements { plain: None, end: "DELETE FROM device_logins" },
        CodeKind::OneTimeAccess => Statements {
            plain: Some(Plain {
                select: "SELECT id, code_digest FROM one_time_access_tokens WHERE is_keyed = 0",
                update: "
                    UPDATE one_time_access_tokens SET code_digest = ?2, is_keyed = 1
                     WHERE id = ?1 AND is_keyed = 0",
            }),
            end: "DELETE FROM one_time_access_tokens",
        },
        CodeKind::UserCode => Statements {
            plain: Some(Plain {
                select: "SELECT id, user_code_digest FROM device_codes WHERE is_keyed = 0",
                update: "
                    UPDATE device_codes SET user_code_digest = ?2, is_keyed = 1
                     WHERE id = ?1 AND is_keyed = 0",
            }),
            // An approved device no longer needs its user code.
            end: "DELETE FROM device_codes WHERE status = 'pending'",
        },
    }
}

/// Whether there are plain digests left.
pub fn has_plain(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    for plain in CodeKind::ALL.into_iter().filter_map(|kind| statements(kind).plain) {
        if tx.exists(plain.select, params![])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Converts every plain digest to a keyed one.
pub fn put_under(tx: &mut Tx<'_>, key: &CodeKey) -> Result<(), StoreError> {
    for kind in CodeKind::ALL {
        let Some(Plain { select, update }) = statements(kind).plain else { continue };
        let plain: Vec<(Uuid, Digest)> =
            tx.query_all(select, params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, digest) in plain {
            let keyed = *key.of_plain(kind, &digest).as_digest();
            tx.execute(update, params![id, keyed])?.expect_rows(1)?;
        }
    }
    Ok(())
}

/// Deletes every pending code, since its digest is keyed with another key than the current one.
/// Returns their number.
pub fn end_all(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    let mut ended = 0;
    for kind in CodeKind::ALL {
        ended += tx.execute(statements(kind).end, params![])?.rows();
    }
    Ok(ended)
}
