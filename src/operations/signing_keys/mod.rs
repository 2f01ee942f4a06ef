//! Signing keys.

mod rotate;

pub use rotate::{MAX_PUBLISHED, NewKeys, refuse_many, rotate};

use crate::{
    model::{Timestamp, view::SigningKeyView},
    store::{
        StoreError, Tx,
        signing_keys::{self, SealedKey},
    },
};

/// Lists the published signing keys.
pub fn list(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<SigningKeyView>, StoreError> {
    let keys = signing_keys::list(tx)?.into_iter();
    let live = keys.filter(|key| key.published_until.is_none_or(|end| end > now));
    Ok(live.map(view).collect())
}

fn view(key: SealedKey) -> SigningKeyView {
    let SealedKey { kid, algorithm, created_at, published_until, sealed_pkcs8: _ } = key;
    SigningKeyView { kid, alg: algorithm, created_at, published_until }
}
