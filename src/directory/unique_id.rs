//! The id of an entry (Pocket ID 2.14, so that accounts that it made are found again).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use uuid::Uuid;

use crate::model::{DirectoryId, text::is_control};

/// Reads the id of an entry: text as it is, 16 bytes such as an `objectGUID` as a UUID, other bytes in
/// Base64. `None` when it is empty, or too long for an id.
pub fn unique_id(value: &[u8]) -> Option<DirectoryId> {
    let text = std::str::from_utf8(value).ok().filter(|text| !text.chars().any(is_control));
    match (text, value.try_into()) {
        (Some(text), _) => text.parse().ok(),
        (None, Ok(bytes)) => Uuid::from_bytes(bytes).to_string().parse().ok(),
        (None, Err(_)) => BASE64_STANDARD.encode(value).parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_forms_of_pocket_id() {
        let id = |value: &[u8]| unique_id(value).map(|id| id.to_string());
        let uuid = "2f0e4c9c-3f1f-103f-8b7e-5d5f3e6a9b10";
        assert_eq!(id(uuid.as_bytes()).unwrap(), uuid);
        assert_eq!(id("e\u{301}va".as_bytes()).unwrap(), "éva");
        let guid = [0x2f, 0xee, 0x4c, 0x9c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        assert_eq!(id(&guid).unwrap(), "2fee4c9c-0001-0203-0405-060708090a0b");
        assert_eq!(id(&[0xff, 0, 1]).unwrap(), "/wAB");
        assert_eq!(id(b"a\x1b[2J").unwrap(), "YRtbMko=");
        assert_eq!(id(b""), None);
        assert_eq!(id(b"  "), None);
        assert_eq!(id(&[b'x'; 600]), None);
    }
}
