//! The state of Pocket ID's actors in MessagePack: settings and invitations.

use std::io::{BufRead as _, BufReader, Read};

use rmpv::Value;

use super::{ImportFault, budget::Budget, invitation::PocketIdInvitation};
use crate::{crypto::Secret, model::Timestamp};

/// Maximum nesting depth of a value.
const MAX_DEPTH: usize = 64;
/// Maximum size of a record in bytes. A decoded record takes up to eighty times as much memory.
const MAX_RECORD: u64 = 512 * 1024;
/// The name of the file in error messages.
const PART: &str = "francis.bin";

/// Maximum memory of a setting or an invitation beside its texts, in bytes.
const OVERHEAD: usize = 256;

/// The settings and invitations in the actor states. The decoded states are dropped, since each
/// takes up to eighty times its size in memory.
#[derive(Debug, Default)]
pub(super) struct Actors {
    budget: Budget,
    settings: Option<Vec<(String, Secret)>>,
    invitations: Vec<PocketIdInvitation>,
}

impl Actors {
    /// Starts empty and counts its memory against the budget.
    pub(super) fn within(budget: &Budget) -> Self {
        Self { budget: budget.clone(), ..Self::default() }
    }

    /// Whether the import reads the state of this kind of actor.
    pub(super) fn is_wanted(kind: &str) -> bool {
        matches!(kind, "AppConfig" | "SignupToken")
    }

    /// Reads `francis.bin`: a header followed by records.
    pub(super) fn of_backup(reader: impl Read, budget: &Budget) -> Result<Self, ImportFault> {
        let mut reader = BufReader::new(reader);
        let header = read_value(&mut reader.by_ref().take(MAX_RECORD))?;
        if text(&header, "format") != Some("francis-backup") {
            return Err(ImportFault::malformed(PART, "it is not the backup of Pocket ID's actors"));
        }
        let mut actors = Self::within(budget);
        while !reader.fill_buf().map_err(|cause| ImportFault::unreadable(PART, &cause))?.is_empty()
        {
            let record = read_value(&mut reader.by_ref().take(MAX_RECORD))?;
            let Some(state) = field(&record, "state") else { continue };
            let (kind, id) = (text(state, "actorType"), text(state, "actorId"));
            let data = field(state, "data").and_then(Value::as_slice);
            if let (Some(kind), Some(id), Some(data)) = (kind, id, data)
                && Self::is_wanted(kind)
            {
                actors.push(kind, id, data)?;
            }
        }
        Ok(actors)
    }

    /// Adds the state of one actor.
    pub(super) fn push(&mut self, kind: &str, id: &str, data: &[u8]) -> Result<(), ImportFault> {
        if data.len() as u64 > MAX_RECORD {
            let (what, limit) = (format!("the state of {kind}"), format!("{MAX_RECORD} bytes"));
            return Err(ImportFault::TooLarge { what, limit });
        }
        let mut rest = data;
        let state = read_value(&mut rest)?;
        let Value::Map(fields) = &state else {
            return Err(ImportFault::malformed(PART, format!("the state of {kind} is not a map")));
        };
        if kind == "SignupToken" {
            let invitation = invitation(id, &state)?;
            let groups = size_of_val(invitation.groups.as_slice());
            self.budget.hold(OVERHEAD + id.len() + groups)?;
            self.invitations.push(invitation);
        } else if self.settings.is_none() {
            let texts = fields.iter().filter_map(|(name, value)| name.as_str().zip(value.as_str()));
            let sizes = texts.clone().map(|(name, text)| OVERHEAD + name.len() + text.len());
            self.budget.hold(sizes.sum())?;
            self.settings =
                Some(texts.map(|(name, text)| (name.to_owned(), Secret::new(text))).collect());
        }
        Ok(())
    }

    /// The settings by their names in Pocket ID. `None` if no server of Pocket ID 2.12 or later was
    /// started.
    pub(super) fn settings(&self) -> Option<&[(String, Secret)]> {
        self.settings.as_deref()
    }

    /// The invitations, including expired ones.
    pub(super) fn invitations(&self) -> &[PocketIdInvitation] {
        &self.invitations
    }
}

fn invitation(token: &str, state: &Value) -> Result<PocketIdInvitation, ImportFault> {
    let fault = || ImportFault::malformed(PART, "an invitation is malformed");
    let number = |name| field(state, name).and_then(Value::as_i64).ok_or_else(fault);
    let moment = |name| field(state, name).and_then(moment).ok_or_else(fault);
    let groups = match field(state, "UserGroupIDs") {
        None | Some(Value::Nil) => &[][..],
        Some(list) => list.as_array().ok_or_else(fault)?,
    };
    let id = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    Ok(PocketIdInvitation {
        id: text(state, "ID").and_then(|id| id.parse().ok()).ok_or_else(fault)?,
        token: token.to_owned(),
        usage_limit: number("UsageLimit")?,
        usage_count: number("UsageCount")?,
        groups: groups.iter().map(id).collect::<Option<_>>().ok_or_else(fault)?,
        created_at: moment("CreatedAt")?,
        expires_at: moment("ExpiresAt")?,
    })
}

/// Reads a MessagePack timestamp in any of its three formats.
fn moment(value: &Value) -> Option<Timestamp> {
    let Value::Ext(-1, bytes) = value else { return None };
    let seconds = match bytes.len() {
        4 => i64::from(u32::from_be_bytes(bytes[..].try_into().ok()?)),
        // The upper 30 bits are nanoseconds.
        8 => i64::try_from(u64::from_be_bytes(bytes[..].try_into().ok()?) & 0x3_ffff_ffff).ok()?,
        12 => i64::from_be_bytes(bytes[4..].try_into().ok()?),
        _ => return None,
    };
    Some(Timestamp::from_unix(seconds))
}

fn read_value(reader: &mut impl Read) -> Result<Value, ImportFault> {
    rmpv::decode::read_value_with_max_depth(reader, MAX_DEPTH)
        .map_err(|error| ImportFault::malformed(PART, error))
}

fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let Value::Map(fields) = value else { return None };
    fields.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    field(value, name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_each_of_their_forms() {
        let seconds =
            |bytes: &[u8]| moment(&Value::Ext(-1, bytes.to_vec())).map(Timestamp::as_unix);
        assert_eq!(seconds(&[0, 0, 0, 7]), Some(7));
        assert_eq!(seconds(&[0xff, 0xff, 0xff, 0xfc, 0, 0, 0, 7]), Some(7));
        assert_eq!(seconds(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]), Some(7));
        assert_eq!(seconds(&[0; 5]), None);
        assert!(moment(&Value::Ext(1, vec![0; 4])).is_none());
    }

    #[test]
    fn what_is_no_backup_of_actors_is_refused() {
        let deep = [[0x91_u8; 2_000].as_slice(), &[0xc0]].concat();
        let long = [0xdd, 0xff, 0xff, 0xff, 0xff];
        for bytes in [&b""[..], b"\x81\xa6format\xa1x", b"{}", &deep, &long] {
            assert!(Actors::of_backup(bytes, &Budget::default()).is_err(), "{bytes:?}");
        }
    }
}
