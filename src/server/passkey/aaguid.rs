//! Names of authenticator models, to call a new passkey by. The model is unproven: for naming only.

use std::collections::BTreeMap;

use serde_cbor_2::Value;
use uuid::Uuid;

use crate::model::PasskeyName;

/// Where the model stands in the authenticator data (WebAuthn L3 §6.1, §6.5.1).
const AAGUID: std::ops::Range<usize> = 37..53;
/// The flag that attested credential data follows.
const ATTESTED_CREDENTIAL_DATA: u8 = 0x40;

/// What the authenticator data of a registration holds that the library does not hand out.
#[derive(Debug)]
pub(super) struct AttestedData {
    /// The model; `None` when the authenticator keeps it to itself.
    pub(super) aaguid: Option<Uuid>,
    /// The public key as COSE, byte for byte.
    pub(super) public_key: Vec<u8>,
}

/// Takes the authenticator data of a verified attestation object apart.
pub(super) fn attested_data(attestation_object: &[u8]) -> Option<AttestedData> {
    let Value::Map(map) = serde_cbor_2::from_slice(attestation_object).ok()? else { return None };
    let Value::Bytes(data) = map.get(&Value::Text("authData".into()))? else { return None };
    if data.get(32)? & ATTESTED_CREDENTIAL_DATA == 0 {
        return None;
    }
    let aaguid = Uuid::from_slice(data.get(AAGUID)?).ok()?;
    let length = u16::from_be_bytes(data.get(53..55)?.try_into().ok()?);
    let rest = data.get(55 + usize::from(length)..)?;
    // Extensions may follow the key: reading one item and no more finds its end.
    let mut items = serde_cbor_2::Deserializer::from_slice(rest).into_iter::<Value>();
    items.next()?.ok()?;
    let public_key = rest.get(..items.byte_offset())?.to_vec();
    Some(AttestedData { aaguid: (!aaguid.is_nil()).then_some(aaguid), public_key })
}

/// What to call a passkey of a model.
pub(super) fn default_name(aaguid: Option<Uuid>) -> PasskeyName {
    // Parsed each time: registrations are rare, and the table would stay in memory.
    let models: BTreeMap<&str, &str> =
        serde_json::from_str(include_str!("aaguids.json")).unwrap_or_default();
    let model = aaguid.and_then(|id| models.get(id.to_string().as_str()).copied());
    let name = model.map_or("New Passkey".to_owned(), |model| format!("{model} Passkey"));
    let name: String = name.chars().take(50).collect();
    name.parse().expect("the table has plain names")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_gives_a_name() {
        let models: BTreeMap<Uuid, String> =
            serde_json::from_str(include_str!("aaguids.json")).unwrap();
        assert!(models.len() > 300);
        for aaguid in models.into_keys() {
            assert_ne!(default_name(Some(aaguid)).as_str(), "New Passkey");
        }
        assert_eq!(default_name(None).as_str(), "New Passkey");
    }

    #[test]
    fn what_is_no_attestation_object_is_refused() {
        for bytes in [&b""[..], b"\xa0", b"\x80", b"\xff", b"\xa1\x68authData\x40"] {
            assert!(attested_data(bytes).is_none());
        }
    }
}
