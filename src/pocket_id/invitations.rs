//! Invitations that can still be used.

use std::collections::{HashMap, HashSet};

use super::{
    Contents, ImportFault, accounts::parse_id, actors::Actors, invitation::PocketIdInvitation,
    tables::Tables,
};
use crate::model::{GroupId, SignupToken, SignupTokenId, Timestamp};

/// The key of the table `kv` with the invitations at the upgrade to 2.12.
const MIGRATED: &str = "signup_tokens_migrated";

pub(super) fn read(
    out: &mut Contents,
    actors: &Actors,
    tables: &Tables,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let (groups, mut seen) = (out.group_ids(), HashSet::new());
    for found in find(out, actors, tables, now)? {
        let is_over = found.expires_at <= now || found.usage_count >= found.usage_limit;
        if is_over || !seen.insert(found.id) {
            continue;
        }
        let kind = "invitation";
        let Some(digest) = SignupToken::digest_of_given(&found.token) else {
            out.leave_out(
                kind,
                found.id.to_string(),
                "its token has invalid characters or a wrong length",
            );
            continue;
        };
        if found.usage_count < 0 || found.usage_limit > i64::from(u16::MAX) {
            out.leave_out(kind, found.id.to_string(), "its number of uses is out of range");
            continue;
        }
        let token = SignupToken {
            id: found.id,
            usage_limit: found.usage_limit,
            usage_count: found.usage_count,
            created_at: found.created_at,
            expires_at: found.expires_at,
            sealed_token: None,
        };
        let known = found.groups.into_iter().filter(|id| groups.contains(id));
        // Removes duplicates.
        let known: HashSet<_> = known.collect();
        out.invitations.push((token, digest, known.into_iter().collect()));
    }
    Ok(())
}

/// Finds the invitations. A server of 2.12 or later does not remove them from the older places when
/// they are used up or deleted, so these count only where no such server was started.
fn find(
    out: &mut Contents,
    actors: &Actors,
    tables: &Tables,
    now: Timestamp,
) -> Result<Vec<PocketIdInvitation>, ImportFault> {
    let rows = tables.rows("signup_tokens").len();
    if actors.settings().is_some() || !actors.invitations().is_empty() {
        if rows > 0 {
            let reason =
                "Pocket ID did not accept them any more since its upgrade to 2.12 or later";
            out.leave_out("invitations", format!("{rows} in the table signup_tokens"), reason);
        }
        return Ok(actors.invitations().to_vec());
    }
    if rows > 0 {
        return in_table(tables, now);
    }
    match tables.kv(MIGRATED)? {
        Some(json) => serde_json::from_str::<Option<_>>(json)
            .map(Option::unwrap_or_default)
            .map_err(|error| ImportFault::malformed(&format!("kv {MIGRATED}"), error)),
        None => Ok(Vec::new()),
    }
}

fn in_table(tables: &Tables, now: Timestamp) -> Result<Vec<PocketIdInvitation>, ImportFault> {
    let mut groups: HashMap<SignupTokenId, Vec<GroupId>> = HashMap::new();
    for row in tables.rows("signup_tokens_user_groups") {
        let (token, group) = (parse_id(row, "signup_token_id")?, parse_id(row, "user_group_id")?);
        groups.entry(token).or_default().push(group);
    }
    let rows = tables.rows("signup_tokens").iter().map(|row| {
        let id = parse_id(row, "id")?;
        let expires_at =
            row.moment("expires_at")?.ok_or_else(|| row.fault("expires_at", "is missing"))?;
        Ok(PocketIdInvitation {
            id,
            token: row.text("token")?.to_owned(),
            usage_limit: row.number("usage_limit")?,
            usage_count: row.number("usage_count")?,
            groups: groups.remove(&id).unwrap_or_default(),
            created_at: row.moment("created_at")?.unwrap_or(now),
            expires_at,
        })
    });
    rows.collect()
}
