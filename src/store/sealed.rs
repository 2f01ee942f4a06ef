//! All values sealed under the encryption key: verifying the key, resealing under another key, and
//! deleting values when the key is lost.

use std::fmt;

use uuid::Uuid;

use super::{
    StoreError, Tx, meta,
    value::{Bind, Value, params},
};
use crate::crypto::{MasterKey, Rng, SealedPlace};

/// The plaintext of the key check.
const PROOF: &[u8] = b"pocketid";

/// The SQL of a place. `select` returns the key of the row and the sealed value; the others take
/// the key as `?1`.
struct Statements {
    key: KeyKind,
    select: &'static str,
    update: &'static str,
    forget: &'static str,
}

/// The type of a row key.
#[derive(Clone, Copy)]
enum KeyKind {
    Id,
    Text,
}

/// The key of a row. Its text is bound into the seal.
enum RowKey {
    Id(Uuid),
    Text(String),
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Bind for RowKey {
    fn bind(&self) -> Value<'_> {
        match self {
            Self::Id(id) => id.bind(),
            Self::Text(text) => text.bind(),
        }
    }
}

/// The SQL of each place; the match is exhaustive, so a new place cannot be forgotten.
fn statements(place: SealedPlace) -> Statements {
    match place {
        SealedPlace::KeyCheck => Statements {
            key: KeyKind::Text,
            select: "SELECT key, value FROM meta WHERE key = 'key_check'",
            update: "UPDATE meta SET value = ?2 WHERE key = ?1",
            forget: "DELETE FROM meta WHERE key = ?1",
        },
        SealedPlace::Outbox => Statements {
            key: KeyKind::Id,
            select: "SELECT id, sealed_content FROM outbox WHERE sealed_content IS NOT NULL ORDER BY id",
            update: "UPDATE outbox SET sealed_content = ?2 WHERE id = ?1 AND sealed_content IS NOT NULL",
            forget: "DELETE FROM outbox WHERE id = ?1 AND sealed_content IS NOT NULL",
        },
        // The provider stays, without a token: an administrator enters it again.
        SealedPlace::ScimProvider => Statements {
            key: KeyKind::Id,
            select: "SELECT id, sealed_token FROM scim_providers WHERE sealed_token IS NOT NULL ORDER BY id",
            update: "UPDATE scim_providers SET sealed_token = ?2 WHERE id = ?1",
            forget: "UPDATE scim_providers SET sealed_token = NULL WHERE id = ?1",
        },
        SealedPlace::Setting => Statements {
            key: KeyKind::Text,
            select: "SELECT key, sealed_value FROM settings WHERE sealed_value IS NOT NULL ORDER BY key",
            update: "UPDATE settings SET sealed_value = ?2 WHERE key = ?1",
            forget: "DELETE FROM settings WHERE key = ?1",
        },
        SealedPlace::SigningKey => Statements {
            key: KeyKind::Text,
            select: "SELECT kid, sealed_pkcs8 FROM signing_keys ORDER BY kid",
            update: "UPDATE signing_keys SET sealed_pkcs8 = ?2 WHERE kid = ?1",
            forget: "DELETE FROM signing_keys WHERE kid = ?1",
        },
        // The invitation stays valid; only its link can no longer be shown.
        SealedPlace::SignupToken => Statements {
            key: KeyKind::Id,
            select: "SELECT id, sealed_token FROM signup_tokens WHERE sealed_token IS NOT NULL ORDER BY id",
            update: "UPDATE signup_tokens SET sealed_token = ?2 WHERE id = ?1",
            forget: "UPDATE signup_tokens SET sealed_token = NULL WHERE id = ?1",
        },
        // Hosts still trust the authority, so its public key stays: it can be removed, but signs no more.
        SealedPlace::SshCaKey => Statements {
            key: KeyKind::Id,
            select: "SELECT id, sealed_pkcs8 FROM ssh_ca_keys WHERE sealed_pkcs8 IS NOT NULL ORDER BY id",
            update: "UPDATE ssh_ca_keys SET sealed_pkcs8 = ?2 WHERE id = ?1",
            forget: "UPDATE ssh_ca_keys SET sealed_pkcs8 = NULL WHERE id = ?1",
        },
        SealedPlace::WebhookPreviousSecret => Statements {
            key: KeyKind::Id,
            select: "SELECT id, sealed_previous_secret FROM webhooks WHERE sealed_previous_secret IS NOT NULL ORDER BY id",
            update: "UPDATE webhooks SET sealed_previous_secret = ?2 WHERE id = ?1",
            forget: "UPDATE webhooks SET sealed_previous_secret = NULL WHERE id = ?1",
        },
        // The webhook stays, and sends nothing until it has a new secret.
        SealedPlace::WebhookSecret => Statements {
            key: KeyKind::Id,
            select: "SELECT id, sealed_secret FROM webhooks WHERE sealed_secret IS NOT NULL ORDER BY id",
            update: "UPDATE webhooks SET sealed_secret = ?2 WHERE id = ?1",
            forget: "UPDATE webhooks SET sealed_secret = NULL WHERE id = ?1",
        },
    }
}

/// A sealed value, and the key of its row.
type SealedValue = (RowKey, Vec<u8>);

fn values(tx: &mut Tx<'_>, place: SealedPlace) -> Result<Vec<SealedValue>, StoreError> {
    let Statements { key, select, .. } = statements(place);
    tx.query_all(select, params![], |row| {
        let key = match key {
            KeyKind::Id => RowKey::Id(row.get(0)?),
            KeyKind::Text => RowKey::Text(row.get(0)?),
        };
        Ok((key, row.get(1)?))
    })
}

/// The number of values in each place.
pub type Counts = Vec<(SealedPlace, usize)>;

/// Why resealing failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// A value cannot be opened.
    #[error("cannot decrypt the sealed value in {}, row {row}", place.as_str())]
    Sealed {
        /// The place of the value.
        place: SealedPlace,
        /// The key of its row.
        row: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reseals all values under another key. Returns the counts.
pub fn reseal(
    tx: &mut Tx<'_>,
    from: &MasterKey,
    to: &MasterKey,
    rng: &dyn Rng,
) -> Result<Counts, ResealError> {
    require(tx, from)?;
    let mut counts = Counts::new();
    for place in SealedPlace::ALL.iter().copied() {
        let values = values(tx, place)?;
        counts.push((place, values.len()));
        for (row, sealed) in values {
            let name = row.to_string();
            let Ok(plain) = from.open(place.of(&name), &sealed) else {
                return Err(ResealError::Sealed { place, row: name });
            };
            let sealed = to.seal(place.of(&name), &plain, rng);
            tx.execute(statements(place).update, params![row, sealed])?.expect_rows(1)?;
        }
    }
    Ok(counts)
}

/// Counts the values of each place that this key cannot open.
pub fn count_unreadable(tx: &mut Tx<'_>, key: &MasterKey) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    for place in SealedPlace::ALL.iter().copied() {
        counts.push((place, unreadable(tx, place, key)?.len()));
    }
    Ok(counts)
}

/// Deletes the values that this key cannot open, and adopts this key. Returns the counts.
pub fn forget_unreadable(
    tx: &mut Tx<'_>,
    key: &MasterKey,
    rng: &dyn Rng,
) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    for place in SealedPlace::ALL.iter().copied() {
        let lost = unreadable(tx, place, key)?;
        counts.push((place, lost.len()));
        for row in lost {
            tx.execute(statements(place).forget, params![row])?.expect_rows(1)?;
        }
    }
    if proof(tx)?.is_none() {
        insert_proof(tx, &seal_proof(key, rng))?;
    }
    Ok(counts)
}

fn unreadable(
    tx: &mut Tx<'_>,
    place: SealedPlace,
    key: &MasterKey,
) -> Result<Vec<RowKey>, StoreError> {
    let mut values = values(tx, place)?;
    values.retain(|(row, sealed)| key.open(place.of(&row.to_string()), sealed).is_err());
    Ok(values.into_iter().map(|(row, _)| row).collect())
}

/// The key check value of the database; `None` in a new one.
pub fn proof(tx: &mut Tx<'_>) -> Result<Option<Vec<u8>>, StoreError> {
    meta::find(tx, meta::KEY_CHECK)
}

/// Adopts a key in a new database.
pub fn insert_proof(tx: &mut Tx<'_>, proof: &[u8]) -> Result<(), StoreError> {
    meta::insert(tx, meta::KEY_CHECK, proof)
}

/// Makes the key check value of a key.
pub fn seal_proof(key: &MasterKey, rng: &dyn Rng) -> Vec<u8> {
    key.seal(SealedPlace::KeyCheck.of(meta::KEY_CHECK), PROOF, rng)
}

/// Whether a key check value was made with this key.
pub fn is_proven(key: &MasterKey, proof: &[u8]) -> bool {
    key.open(SealedPlace::KeyCheck.of(meta::KEY_CHECK), proof).is_ok()
}

/// Fails unless this is still the key of the database. Call it in the transaction that stores
/// values sealed under the key.
pub fn require(tx: &mut Tx<'_>, key: &MasterKey) -> Result<(), StoreError> {
    match proof(tx)? {
        Some(proof) if is_proven(key, &proof) => Ok(()),
        _ => Err(StoreError::KeyChanged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::Schema;

    /// Sealed columns have the prefix `sealed`; the key check is the only sealed value of `meta`.
    #[test]
    fn every_sealed_column_of_the_schema_has_a_place() {
        let schema = Schema::at(Schema::NEWEST).unwrap();
        let mut columns = vec!["meta.key_check".to_owned()];
        for table in &schema.tables {
            let sealed = table.columns.iter().filter(|column| column.name.starts_with("sealed"));
            columns.extend(sealed.map(|column| format!("{}.{}", table.name, column.name)));
        }
        let mut places: Vec<_> = SealedPlace::ALL.iter().map(|place| place.as_str()).collect();
        places.sort_unstable();
        columns.sort_unstable();
        assert_eq!(columns, places);
    }

    #[test]
    fn each_place_is_read_where_its_name_says() {
        for place in SealedPlace::ALL.iter().copied() {
            let Statements { select, update, forget, .. } = statements(place);
            let (table, column) = place.as_str().split_once('.').unwrap();
            assert!(select.contains(&format!(" FROM {table}")), "{select}");
            assert!(update.starts_with(&format!("UPDATE {table} SET ")), "{update}");
            assert!(forget.contains(table), "{forget}");
            let is_named = [select, update].iter().all(|sql| sql.contains(column));
            assert!(is_named || place == SealedPlace::KeyCheck, "{select}; {update}");
        }
    }
}
