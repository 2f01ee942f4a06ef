//! Changes the encryption key: reseals everything under the new key in one transaction.
//!
//! A generated key waits in a separate file until the transaction is committed, and then replaces
//! the old key. If the program stops in between, the next start finds that only the waiting key
//! fits, and finishes the replacement. So the program may stop at any moment. A configured key has
//! to be put in place by the administrator.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{KeyFault, KeyOrigin, count_sealed_shut, forms, kept, own_key, unlock};
use crate::{
    crypto::{MasterKey, Rng, Secret},
    model::AuditEvent,
    settings::Settings,
    store::{
        Store, StoreError, audit_events,
        sealed::{self, Counts, ResealError},
        short_codes,
    },
};

/// The result of a rotation.
#[derive(Debug)]
pub struct Rotated {
    /// The number of values resealed or lost.
    pub counts: Counts,
    /// The number of one-time codes and device codes that were ended: only their digests under the
    /// old key are stored.
    pub ended_codes: usize,
    /// The source of the key.
    pub origin: KeyOrigin,
    /// The path of the old key's copy, if the key was a generated one.
    pub old_key: Option<PathBuf>,
}

/// Reseals everything under a new key. Generates a key if none is given.
pub fn rotate_encryption_key(
    settings: &Settings,
    store: &Store,
    rng: &Arc<dyn Rng>,
    new: Option<Secret>,
    event: AuditEvent,
) -> Result<Rotated, KeyFault> {
    let old = unlock(settings, store, rng.as_ref())?;
    let origin = KeyOrigin::of(settings)?;
    let secret = new.unwrap_or_else(|| kept::draw(rng.as_ref()));
    let [_, secret] = forms(&secret);
    let new = MasterKey::derive(secret.as_bytes());
    let proof = store.read_blocking(sealed::proof)?;
    if proof.is_some_and(|proof| sealed::is_proven(&new, &proof)) {
        return Err(KeyFault::Same);
    }
    let kept = match &origin {
        KeyOrigin::Kept(path) => Some(path.as_path()),
        KeyOrigin::File(_) | KeyOrigin::Variable => None,
    };
    let moment = event.created_at.compact();
    let waiting = kept.map(|path| Waiting::new(path, &moment, &Secret::new(secret))).transpose()?;
    let rng = Arc::clone(rng);
    let may_be_done = Arc::new(AtomicBool::new(false));
    let is_at_commit = Arc::clone(&may_be_done);
    let written = store.write_blocking(move |tx| {
        let counts = sealed::reseal(tx, &old, &new, rng.as_ref())?;
        let ended_codes = short_codes::end_all(tx)?;
        audit_events::insert(tx, &with_counts(&event, &counts, ended_codes))?;
        is_at_commit.store(true, Ordering::Release);
        Ok::<_, ResealError>((counts, ended_codes))
    });
    if written.is_err() && !may_be_done.load(Ordering::Acquire) {
        waiting.iter().for_each(Waiting::remove);
    }
    let (counts, ended_codes) = written?;
    kept.map(kept::take_over).transpose()?;
    Ok(Rotated {
        counts,
        ended_codes,
        origin,
        old_key: waiting.and_then(|waiting| waiting.old_key),
    })
}

/// The files of an unfinished rotation.
struct Waiting {
    /// The new key.
    next: PathBuf,
    /// A copy of the old key.
    old_key: Option<PathBuf>,
}

impl Waiting {
    fn new(path: &Path, moment: &str, key: &Secret) -> Result<Self, KeyFault> {
        let waiting = Self { next: kept::next(path), old_key: kept::keep_old(path, moment)? };
        let written = kept::write(&waiting.next, key);
        if written.is_err() {
            waiting.remove();
        }
        written.map(|()| waiting)
    }

    /// Removes the files. Nothing is sealed under the new key, and the old key is still in place.
    fn remove(&self) {
        std::iter::once(&self.next)
            .chain(&self.old_key)
            .for_each(|path| drop(std::fs::remove_file(path)));
    }
}

/// Refuses to treat a key as lost that opens everything.
pub fn refuse_unless_lost(settings: &Settings, store: &Store) -> Result<(), KeyFault> {
    match count_sealed_shut(settings, store) {
        Ok(counts) if counts.iter().flatten().all(|(_, count)| *count == 0) => {
            Err(KeyFault::NotLost(KeyOrigin::of(settings)?))
        }
        Ok(_) | Err(KeyFault::Wrong(_) | KeyFault::Lost { .. }) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// Adopts the configured or kept key; deletes values sealed under the lost one.
pub fn replace_lost_encryption_key(
    settings: &Settings,
    store: &Store,
    rng: &Arc<dyn Rng>,
    event: AuditEvent,
) -> Result<Rotated, KeyFault> {
    let origin = KeyOrigin::of(settings)?;
    // An interrupted rotation has lost nothing: this finishes it.
    let key = match unlock(settings, store, rng.as_ref()) {
        Ok(key) => key,
        Err(KeyFault::Wrong(_) | KeyFault::Lost { .. }) => own_key(settings, rng.as_ref())?,
        Err(fault) => return Err(fault),
    };
    let unreadable = {
        let key = key.clone();
        store.read_blocking(move |tx| sealed::count_unreadable(tx, &key))?
    };
    if unreadable.iter().all(|(_, count)| *count == 0) {
        return Err(KeyFault::NotLost(origin));
    }
    let rng = Arc::clone(rng);
    let (counts, ended_codes) = store.write_blocking(move |tx| {
        let counts = sealed::forget_unreadable(tx, &key, rng.as_ref())?;
        let ended_codes = short_codes::end_all(tx)?;
        audit_events::insert(tx, &with_counts(&event, &counts, ended_codes))?;
        Ok::<_, StoreError>((counts, ended_codes))
    })?;
    Ok(Rotated { counts, ended_codes, origin, old_key: None })
}

fn with_counts(event: &AuditEvent, counts: &Counts, ended_codes: usize) -> AuditEvent {
    let mut event = event.clone();
    event.data.extend(counts.iter().map(|(place, count)| (place.as_str(), count.to_string())));
    event.data.insert("endedCodes", ended_codes.to_string());
    event
}
