//! The issuers that vouch for a client or a service, as forms show them.

use crate::{model::FederatedIdentity, server::pages::IdentityRow};

/// Shows an issuer.
pub(super) fn issuer_row(identity: &FederatedIdentity) -> IdentityRow {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    IdentityRow {
        issuer: identity.issuer.clone(),
        subject: text(&identity.subject),
        audience: text(&identity.audience),
        jwks: text(&identity.jwks),
        replay_protection: identity.replay_protection,
    }
}
