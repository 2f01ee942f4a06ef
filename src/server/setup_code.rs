//! The code that the page `/setup` requires, unless the database is new.
//!
//! It is derived from the encryption key. So every server accepts the same code, it survives a
//! restart, and it is not stored.

use super::earlier::{self, Trace};
use crate::{
    crypto::{MasterKey, Secret},
    model::Timestamp,
    settings::{AskForSetupCode, Settings},
    store::{
        Store, StoreError,
        setup::{self, Opening},
    },
};

/// The characters of a code: no letter that looks like a digit, and no digit that looks like a
/// letter.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// The number of characters: 60 bits.
const LENGTH: usize = 12;
/// The number of characters between two hyphens.
const GROUP: usize = 4;

/// A setup code.
#[derive(Debug)]
pub struct SetupCode(Secret);

impl SetupCode {
    /// Derives the code of an opening.
    pub fn of(master_key: &MasterKey, opening: &Opening) -> Self {
        let bytes = master_key.mac("setup-code", &opening.seed);
        let letters =
            bytes.iter().take(LENGTH).map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        Self(Secret::new(letters.collect::<String>()))
    }

    /// The code with hyphens, as it is shown.
    pub fn shown(&self) -> String {
        let groups = self.0.expose().as_bytes().chunks(GROUP).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// Whether the given code is right. Case, spaces and hyphens are ignored.
    pub(super) fn is(&self, given: &str) -> bool {
        let kept = |c: &char| !c.is_whitespace() && *c != '-';
        let given: String = given.chars().filter(kept).take(2 * LENGTH).collect();
        self.0.constant_time_eq(&given.to_ascii_uppercase())
    }
}

/// Whether the code is required.
pub fn is_asked(ask: AskForSetupCode, opening: &Opening) -> bool {
    match ask {
        AskForSetupCode::Always => true,
        AskForSetupCode::Never => false,
        AskForSetupCode::UnlessNew => !opening.is_new,
    }
}

/// Records the first start on a database. With a trace of an earlier installation, the database
/// does not count as new, and the trace is returned.
pub fn note_first_start(
    settings: &Settings,
    store: &Store,
    now: Timestamp,
) -> Result<Option<Trace>, StoreError> {
    if !store.read_blocking(setup::is_before_first_start)? {
        return Ok(None);
    }
    let left_behind = store.read_blocking(setup::left_behind)?.map(Trace::File);
    let trace = left_behind.or_else(|| earlier::find(settings));
    let at = if trace.is_none() { now } else { Timestamp::from_unix(0) };
    store.write_blocking(move |tx| setup::note_first_start(tx, at))?;
    // If the log is deleted after a crash, the next start would be a first one.
    store.settle()?;
    Ok(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(key: &[u8], seed: &[u8]) -> SetupCode {
        let opening = Opening { is_new: false, seed: seed.to_vec() };
        SetupCode::of(&MasterKey::derive(key), &opening)
    }

    #[test]
    fn a_code_belongs_to_a_key_and_an_opening() {
        let own = code(b"a key of sixteen or more", b"1");
        let shown = own.shown();
        assert_eq!((shown.len(), shown.matches('-').count()), (14, 2), "{shown}");
        assert!(own.is(&shown) && own.is(&format!(" {} ", shown.to_lowercase().replace('-', " "))));
        assert_eq!(code(b"a key of sixteen or more", b"1").shown(), shown, "on every server");
        for other in
            [code(b"another key of sixteen", b"1"), code(b"a key of sixteen or more", b"2")]
        {
            assert!(!other.is(&shown));
        }
        for wrong in ["", "A", &shown[1..], &format!("{shown}A"), &"A".repeat(10_000)] {
            assert!(!own.is(wrong), "{wrong}");
        }
        assert!(!format!("{own:?}").contains(&shown[..4]));
    }
}
