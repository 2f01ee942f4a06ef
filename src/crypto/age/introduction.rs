//! The first line of an age file.

/// First line of every age file.
pub const INTRODUCTION: &[u8] = b"age-encryption.org/v1\n";
/// First line of an age file in the ASCII-armored form.
pub(super) const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// Whether these first bytes of a file are the start of an age file.
pub fn begins_as_age(start: &[u8]) -> bool {
    start.starts_with(INTRODUCTION.trim_ascii_end()) || start.starts_with(ARMOR)
}
