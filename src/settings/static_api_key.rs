//! `STATIC_API_KEY`: an API key set in the environment (Pocket ID 2.14).

use super::{Faults, SettingFault, Source};
use crate::crypto::Secret;

/// Shortest key, in characters.
const MIN: usize = 16;
/// Longest key, in bytes. The API does not read longer keys from requests.
pub const MAX_API_KEY: usize = 256;

/// Reads the key.
pub(super) fn read(source: &Source, faults: &mut Faults) -> Option<Secret> {
    faults.collect(parse(source))
}

fn parse(source: &Source) -> Result<Option<Secret>, SettingFault> {
    const NAME: &str = "STATIC_API_KEY";
    let key = match source.file(NAME)? {
        Some(text) => Some(text.trim().to_owned()),
        None => source.value(NAME).map(str::to_owned),
    };
    let Some(key) = key.filter(|key| !key.is_empty()) else { return Ok(None) };
    let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.chars().count() >= MIN && key.len() <= MAX_API_KEY && is_plain {
        Ok(Some(key.into()))
    } else {
        Err(SettingFault::new(
            NAME,
            format!("is not {MIN} to {MAX_API_KEY} ASCII letters, digits and symbols"),
            "make one with: openssl rand -hex 24",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(key: &str) -> (bool, bool) {
        let mut faults = Faults::default();
        let read = read(&Source::from_pairs(&[("STATIC_API_KEY", key)]), &mut faults);
        (read.is_some(), faults.or(()).is_ok())
    }

    #[test]
    fn a_static_key_is_long_enough_not_to_be_guessed() {
        assert_eq!(read_one("0123456789abcdef"), (true, true));
        assert_eq!(read_one(""), (false, true), "none");
        for bad in ["0123456789abcde", &"x".repeat(257), "0123456789 abcdef", "0123456789abcdeé"] {
            assert_eq!(read_one(bad), (false, false), "{bad}");
        }
    }
}
