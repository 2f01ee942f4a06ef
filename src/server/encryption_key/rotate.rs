//! Another encryption key: everything is sealed under it in one transaction.
//!
//! A key of our own waits in a file of its own until that is committed, and then takes the place of the old
//! one. Whoever finds that the old key is no longer right and that the waiting one is, finishes this: so the
//! program may end at any moment. A key that is given has to be put in place by whoever gave it.

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

/// What was done.
#[derive(Debug)]
pub struct Rotated {
    /// How much was sealed anew, or was lost.
    pub counts: Counts,
    /// How many one-time codes and codes of devices have ended: only digests under the old key are known
    /// of them.
    pub ended_codes: usize,
    /// Where the key is.
    pub origin: KeyOrigin,
    /// Where the old key is kept, if it was one of our own.
    pub old_key: Option<PathBuf>,
}

/// Seals everything under a new key, which is drawn if none is given.
pub fn rotate_encryption_key(
    (settings, store): (&Settings, &Store),
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
        let counts = sealed::reseal(tx, (&old, &new), rng.as_ref())?;
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

/// The files of a rotation that is not done yet.
struct Waiting {
    /// The new key.
    next: PathBuf,
    /// A copy of the old one.
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

    /// Nothing is sealed under the new key, and the old one is still in its place.
    fn remove(&self) {
        std::iter::once(&self.next)
            .chain(&self.old_key)
            .for_each(|path| drop(std::fs::remove_file(path)));
    }
}

/// Refuses to take a key for lost that opens everything.
pub fn refuse_unless_lost(settings: &Settings, store: &Store) -> Result<(), KeyFault> {
    match count_sealed_shut(settings, store) {
        Ok(counts) if counts.iter().flatten().all(|(_, count)| *count == 0) => {
            Err(KeyFault::NotLost(KeyOrigin::of(settings)?))
        }
        Ok(_) | Err(KeyFault::Wrong(_) | KeyFault::Lost { .. }) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// Makes the key that there is the right one, whatever was sealed under another one that is lost. That is
/// dropped.
pub fn replace_lost_encryption_key(
    (settings, store): (&Settings, &Store),
    rng: &Arc<dyn Rng>,
    event: AuditEvent,
) -> Result<Rotated, KeyFault> {
    let origin = KeyOrigin::of(settings)?;
    // A rotation that was interrupted has lost nothing: this finishes it.
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
