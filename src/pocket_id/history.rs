//! The audit log.

use std::collections::BTreeMap;

use uuid::{Builder, Uuid};

use super::{Contents, ImportFault, accounts::parse_id, tables::Tables};
use crate::{
    crypto::Digest,
    model::{AuditEventId, Location, LoggedEvent, Timestamp, UserId},
};

/// Maximum length of a text in an entry, in characters. Longer texts are cut.
const MAX_TEXT: usize = 256;

pub(super) fn read(
    out: &mut Contents,
    tables: &mut Tables,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let users: BTreeMap<UserId, _> =
        out.users.iter().map(|user| (user.id, user.username.clone())).collect();
    for row in tables.take("audit_logs") {
        let created_at = row.moment("created_at")?.unwrap_or(now);
        let data: BTreeMap<String, String> = row.json("data")?;
        let data = data.iter().take(32).map(|(name, text)| (cut(name), cut(text))).collect();
        let location = Location {
            country: cut(row.text_opt("country")?.unwrap_or_default()),
            city: cut(row.text_opt("city")?.unwrap_or_default()),
        };
        let user = match row.text_opt("user_id")? {
            None => None,
            Some(_) => users.get_key_value(&parse_id(&row, "user_id")?),
        };
        out.audit_log.push(LoggedEvent {
            id: AuditEventId(derived_id(row.text("id")?, created_at)),
            kind: cut(row.text("event")?),
            user: user.map(|(id, name)| (*id, name.clone())),
            object_id: None,
            actor: "user".to_owned(),
            actor_user: user.map(|(id, name)| (*id, name.clone())),
            ip_address: row.text_opt("ip_address")?.map(|text| cut(without_length(text))),
            user_agent: row.text_opt("user_agent")?.map(cut),
            location,
            data,
            created_at,
        });
    }
    out.audit_log.sort_by_key(|event| event.created_at);
    Ok(())
}

/// Builds an id, which starts with the time. The rest comes from a digest of the old id, so that
/// ids stay unique, and the same in each import.
pub(super) fn derived_id(old: &str, created_at: Timestamp) -> Uuid {
    let mut random = [0; 10];
    random.copy_from_slice(&Digest::of(old).as_bytes()[..10]);
    Builder::from_unix_timestamp_millis(created_at.as_unix_millis(), &random).into_uuid()
}

/// The address alone. PostgreSQL stores it as `inet`, whose text may end in the length of its network.
fn without_length(address: &str) -> &str {
    let whole = ["/32", "/128"].into_iter().find_map(|length| address.strip_suffix(length));
    whole.unwrap_or(address)
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}
