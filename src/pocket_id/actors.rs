//! The state of Pocket ID's actors, in MessagePack: its settings are there.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read},
};

use rmpv::Value;

use super::{Fault, budget::Budget, invitations::Invitation, tables::Tables};
use crate::{crypto::Secret, model::Timestamp};

/// How deep a value may be.
const MAX_DEPTH: usize = 64;
/// How many bytes a record may have: it takes up to eighty times as much in memory.
const MAX_RECORD: u64 = 512 * 1024;
/// What a part of it is called in an error.
const PART: &str = "francis.bin";

/// The states that are wanted.
#[derive(Debug, Default)]
pub(super) struct Actors(Vec<State>);

#[derive(Debug)]
struct State {
    kind: String,
    id: String,
    fields: Vec<(String, Value)>,
}

impl Actors {
    /// Whether the state of an actor is wanted.
    pub(super) fn is_wanted(kind: &str) -> bool {
        matches!(kind, "AppConfig" | "SignupToken")
    }

    /// Reads `francis.bin`: a header, and records one after the other.
    pub(super) fn of_backup(reader: impl Read, budget: &Budget) -> Result<Self, Fault> {
        let mut reader = BufReader::new(reader);
        let header = read_value(&mut reader.by_ref().take(MAX_RECORD))?;
        if text(&header, "format") != Some("francis-backup") {
            return Err(Fault::malformed(PART, "it is not the backup of Pocket ID's actors"));
        }
        let mut actors = Self::default();
        while !reader.fill_buf().map_err(|cause| Fault::unreadable(PART, &cause))?.is_empty() {
            let record = read_value(&mut reader.by_ref().take(MAX_RECORD))?;
            let Some(state) = field(&record, "state") else { continue };
            let (kind, id) = (text(state, "actorType"), text(state, "actorId"));
            let data = field(state, "data").and_then(Value::as_slice);
            if let (Some(kind), Some(id), Some(data)) = (kind, id, data)
                && Self::is_wanted(kind)
            {
                // As values it takes more; most of it are texts.
                budget.hold(kind.len() + id.len() + 4 * data.len())?;
                actors.push(kind, id, data)?;
            }
        }
        Ok(actors)
    }

    /// Takes the state of one actor.
    pub(super) fn push(&mut self, kind: &str, id: &str, data: &[u8]) -> Result<(), Fault> {
        let mut rest = data;
        let Value::Map(fields) = read_value(&mut rest)? else {
            return Err(Fault::malformed(PART, format!("the state of {kind} is no map")));
        };
        let fields = fields.into_iter();
        let fields = fields.filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value)));
        self.0.push(State { kind: kind.to_owned(), id: id.to_owned(), fields: fields.collect() });
        Ok(())
    }

    /// The settings by their names there, whose case is not that of the REST API.
    pub(super) fn settings(&self, tables: &Tables) -> Result<Vec<(String, Secret)>, Fault> {
        if let Some(state) = self.0.iter().find(|state| state.kind == "AppConfig") {
            let texts = state.fields.iter();
            let texts = texts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?)));
            return Ok(texts.map(|(name, text)| (name, Secret::new(text))).collect());
        }
        // As an upgrade left them, if no 2.14 has started since.
        let Some(json) = tables.kv("config_migrated")? else { return Ok(Vec::new()) };
        let map: BTreeMap<String, String> = serde_json::from_str(json)
            .map_err(|error| Fault::malformed("kv config_migrated", error))?;
        Ok(map.into_iter().map(|(name, text)| (name, Secret::new(text))).collect())
    }

    /// The invitations, expired ones among them.
    pub(super) fn invitations(&self, tables: &Tables) -> Result<Vec<Invitation>, Fault> {
        let states = self.0.iter().filter(|state| state.kind == "SignupToken");
        let mut found: Vec<_> = states.map(State::invitation).collect::<Result<_, _>>()?;
        if found.is_empty()
            && let Some(json) = tables.kv("signup_tokens_migrated")?
        {
            found = serde_json::from_str(json)
                .map_err(|error| Fault::malformed("kv signup_tokens_migrated", error))?;
        }
        Ok(found)
    }
}

impl State {
    fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn invitation(&self) -> Result<Invitation, Fault> {
        let fault = || Fault::malformed(PART, "an invitation is not as it has to be");
        let number = |name| self.field(name).and_then(Value::as_i64).ok_or_else(fault);
        let moment = |name| self.field(name).and_then(moment).ok_or_else(fault);
        let groups = match self.field("UserGroupIDs") {
            None | Some(Value::Nil) => &[][..],
            Some(list) => list.as_array().ok_or_else(fault)?,
        };
        let id = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        Ok(Invitation {
            id: self
                .field("ID")
                .and_then(Value::as_str)
                .and_then(|id| id.parse().ok())
                .ok_or_else(fault)?,
            token: self.id.clone(),
            usage_limit: number("UsageLimit")?,
            usage_count: number("UsageCount")?,
            groups: groups.iter().map(id).collect::<Option<_>>().ok_or_else(fault)?,
            created_at: moment("CreatedAt")?,
            expires_at: moment("ExpiresAt")?,
        })
    }
}

/// A moment in one of the three forms that MessagePack has for it.
fn moment(value: &Value) -> Option<Timestamp> {
    let Value::Ext(-1, bytes) = value else { return None };
    let seconds = match bytes.len() {
        4 => i64::from(u32::from_be_bytes(bytes[..].try_into().ok()?)),
        // Nanoseconds are in the upper 30 bits.
        8 => i64::try_from(u64::from_be_bytes(bytes[..].try_into().ok()?) & 0x3_ffff_ffff).ok()?,
        12 => i64::from_be_bytes(bytes[4..].try_into().ok()?),
        _ => return None,
    };
    Some(Timestamp::from_unix(seconds))
}

fn read_value(reader: &mut impl Read) -> Result<Value, Fault> {
    rmpv::decode::read_value_with_max_depth(reader, MAX_DEPTH)
        .map_err(|error| Fault::malformed(PART, error))
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
