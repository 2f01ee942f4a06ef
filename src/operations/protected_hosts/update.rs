//! Changing the rules of a protected host.

use std::collections::BTreeSet;

use super::{
    Act, ProtectedHostDraft, Refusal, audit, check, groups::replace_groups, refuse_taken,
    refuse_unfit, require,
};
use crate::{
    model::{
        EventKind, GroupId, HostAddress, IdentityHeaders, OpenPaths, ProtectedHost, ProtectedHostId,
    },
    operations::Change,
    store::{host_sessions, protected_hosts},
};

/// A change of a protected host.
#[derive(Debug, Clone, Default)]
pub struct ProtectedHostChange {
    /// The host.
    pub host: Change<HostAddress>,
    /// Whether only members of the groups are let in.
    pub is_group_restricted: Change<bool>,
    /// The groups that are let in.
    pub groups: Change<BTreeSet<GroupId>>,
    /// The headers that tell the application its user.
    pub headers: Change<IdentityHeaders>,
    /// The paths that are open to everyone.
    pub open_paths: Change<OpenPaths>,
    /// How long a browser stays signed in at the host, in seconds. Those that are signed in keep theirs.
    pub session_seconds: Change<i64>,
    /// Whether access tokens for the host pass without a browser.
    pub accepts_bearer_tokens: Change<bool>,
    /// Whether keys of the REST API pass without a browser.
    pub accepts_api_keys: Change<bool>,
}

impl ProtectedHostChange {
    /// Sets the fields of a draft.
    pub fn fill(&self, draft: &mut ProtectedHostDraft) {
        let _changed = [
            self.is_group_restricted.apply(&mut draft.is_group_restricted),
            self.groups.apply(&mut draft.groups),
            self.headers.apply(&mut draft.headers),
            self.open_paths.apply(&mut draft.open_paths),
            self.session_seconds.apply(&mut draft.session_seconds),
            self.accepts_bearer_tokens.apply(&mut draft.accepts_bearer_tokens),
            self.accepts_api_keys.apply(&mut draft.accepts_api_keys),
        ];
    }

    /// Changes the row. Returns the fields that are other than before.
    fn apply(&self, host: &mut ProtectedHost) -> Vec<&'static str> {
        let changed = [
            ("host", self.host.apply(&mut host.host)),
            ("isGroupRestricted", self.is_group_restricted.apply(&mut host.is_group_restricted)),
            ("headers", self.headers.apply(&mut host.headers)),
            ("openPaths", self.open_paths.apply(&mut host.open_paths)),
            ("sessionDurationMinutes", self.session_seconds.apply(&mut host.session_seconds)),
            (
                "acceptsBearerTokens",
                self.accepts_bearer_tokens.apply(&mut host.accepts_bearer_tokens),
            ),
            ("acceptsApiKeys", self.accepts_api_keys.apply(&mut host.accepts_api_keys)),
        ];
        changed.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
    }
}

/// Changes a protected host. Each request is held to the new rules from then on. Refused for another host that is
/// protected already or that of this server, whose address is `issuer`.
pub fn update(
    act: &mut Act<'_, '_>,
    id: ProtectedHostId,
    change: &ProtectedHostChange,
    issuer: &str,
) -> Result<ProtectedHost, Refusal> {
    let mut host = require(act, id)?;
    let mut changed = change.apply(&mut host);
    if !changed.is_empty() {
        if changed.contains(&"host") {
            refuse_unfit(&host.host, issuer)?;
        }
        refuse_taken(act, id, &host.host)?;
        check(&host)?;
        protected_hosts::update(act, &host)?;
    }
    if changed.contains(&"host") {
        // Their cookies are those of another host.
        host_sessions::delete_of_host(act, id)?;
    }
    if let Change::Set(groups) = &change.groups
        && replace_groups(act, id, groups)?
    {
        changed.push("allowedUserGroups");
    }
    if !changed.is_empty() {
        audit(act, EventKind::ProtectedHostChanged, &host, Some(("changed", changed.join(" "))))?;
    }
    Ok(host)
}
