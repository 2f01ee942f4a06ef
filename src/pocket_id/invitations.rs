//! Invitations that can still be used.

use std::collections::HashSet;

use super::{Contents, ImportFault, actors::Actors, tables::Tables};
use crate::model::{SignupToken, Timestamp};

pub(super) fn read(
    out: &mut Contents,
    actors: &Actors,
    tables: &Tables,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let (groups, mut seen) = (out.group_ids(), HashSet::new());
    for found in actors.invitations(tables)? {
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
