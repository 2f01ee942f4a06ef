//! Putting a host behind forward auth.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, check, groups::replace_groups, refuse_taken, refuse_unfit};
use crate::{
    model::{
        EventKind, GroupId, HostAddress, IdentityHeaders, OpenPaths, ProtectedHost, ProtectedHostId,
    },
    store::protected_hosts,
};

/// The most protected hosts of an installation.
pub const MAX_PROTECTED_HOSTS: i64 = 1_000;

/// A host to protect.
#[derive(Debug, Clone)]
pub struct ProtectedHostDraft {
    /// The host.
    pub host: HostAddress,
    /// Whether only members of the groups are let in.
    pub is_group_restricted: bool,
    /// The groups that are let in.
    pub groups: BTreeSet<GroupId>,
    /// The headers that tell the application its user.
    pub headers: IdentityHeaders,
    /// The paths that are open to everyone.
    pub open_paths: OpenPaths,
    /// How long a browser stays signed in at the host, in seconds.
    pub session_seconds: i64,
    /// Whether access tokens for the host pass without a browser.
    pub accepts_bearer_tokens: bool,
    /// Whether keys of the REST API pass without a browser.
    pub accepts_api_keys: bool,
}

impl ProtectedHostDraft {
    /// A host with the usual rules, for every account.
    pub fn new(host: HostAddress) -> Self {
        Self {
            host,
            is_group_restricted: false,
            groups: BTreeSet::new(),
            headers: IdentityHeaders::default(),
            open_paths: OpenPaths::default(),
            session_seconds: ProtectedHost::USUAL_SESSION,
            accepts_bearer_tokens: false,
            accepts_api_keys: false,
        }
    }
}

/// Protects a host. Refused when it is protected already or that of this server, whose address is `issuer`, and beyond
/// [`MAX_PROTECTED_HOSTS`].
pub fn create(
    act: &mut Act<'_, '_>,
    draft: &ProtectedHostDraft,
    issuer: &str,
) -> Result<ProtectedHost, Refusal> {
    refuse_unfit(&draft.host, issuer)?;
    let id = ProtectedHostId(act.new_id());
    refuse_taken(act, id, &draft.host)?;
    if protected_hosts::count(act)? >= MAX_PROTECTED_HOSTS {
        return Err(Refusal::TooManyProtectedHosts);
    }
    let host = ProtectedHost {
        id,
        host: draft.host.clone(),
        is_group_restricted: draft.is_group_restricted,
        headers: draft.headers.clone(),
        open_paths: draft.open_paths.clone(),
        session_seconds: draft.session_seconds,
        accepts_bearer_tokens: draft.accepts_bearer_tokens,
        accepts_api_keys: draft.accepts_api_keys,
        created_at: act.now(),
    };
    check(&host)?;
    protected_hosts::insert(act, &host)?;
    replace_groups(act, id, &draft.groups)?;
    audit(act, EventKind::ProtectedHostCreated, &host, None)?;
    Ok(host)
}
