//! Randomness is passed as an argument, so that tests can repeat it.

use std::fmt;

use ring::rand::{SecureRandom, SystemRandom};
use uuid::{Builder, Uuid};

use super::Secret;

/// A source of random bytes fit for keys.
pub trait Rng: fmt::Debug + Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug)]
pub struct SystemRng(SystemRandom);

impl SystemRng {
    /// Creates the generator. Costs nothing.
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemRng {
    fn default() -> Self {
        Self::new()
    }
}

impl Rng for SystemRng {
    fn fill(&self, buffer: &mut [u8]) {
        // Nothing here is safe without randomness, so a panic is the right answer.
        self.0.fill(buffer).expect("the operating system gives random bytes");
    }
}

impl dyn Rng + '_ {
    /// Returns an array of random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Generates a UUIDv7 (RFC 9562 §5.7): ordered by time, so that inserts touch few pages.
    pub fn uuid_v7(&self, unix_millis: u64) -> Uuid {
        Builder::from_unix_timestamp_millis(unix_millis, &self.bytes()).into_uuid()
    }

    /// Generates a UUIDv7 that sorts after those of the same millisecond with a lower number (RFC
    /// 9562 §6.2, method 1). The number fills the twelve bits after the timestamp.
    pub fn numbered_uuid_v7(&self, unix_millis: u64, number: u16) -> Uuid {
        let mut bytes = self.uuid_v7(unix_millis).into_bytes();
        let [high, low] = number.to_be_bytes();
        bytes[6] = 0x70 | (high & 0x0f);
        bytes[7] = low;
        Uuid::from_bytes(bytes)
    }

    /// Returns `length` characters drawn evenly from `alphabet` (at most 256 ASCII characters).
    pub fn text(&self, alphabet: &[u8], length: usize) -> Secret {
        // Discard the highest bytes: they would make the first characters more frequent.
        let limit = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let drawn = self.bytes::<32>();
            let even = drawn.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
            text.extend(
                even.take(length - text.len()).map(|b| char::from(alphabet[b % alphabet.len()])),
            );
        }
        Secret::new(text)
    }
}

/// `a-zA-Z0-9`: client secrets and other values for copy and paste.
pub const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Alphanumerics without `i l o I L O`: codes for typing.
pub const TYPABLE: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_the_length_and_the_alphabet_asked_for() {
        let rng: &dyn Rng = &SystemRng::new();
        let text = rng.text(TYPABLE, 500);
        assert_eq!(text.expose().len(), 500);
        assert!(text.expose().bytes().all(|byte| TYPABLE.contains(&byte)));
    }

    #[test]
    fn uuids_of_a_later_moment_sort_later() {
        let rng: &dyn Rng = &SystemRng::new();
        assert!(rng.uuid_v7(1_000) < rng.uuid_v7(2_000));
    }
}
