//! Converts the arguments of `client update` to a change of the client.

use std::collections::BTreeSet;

use super::{
    super::{clearable::Clearable, ttl::Ttl},
    update::{Files, Update},
};
use crate::{
    model::{Client, ClientType, GroupId, redirect_uri::RedirectUriPattern},
    operations::{
        Change,
        clients::{ClientChange, WithoutCallback},
    },
};

/// The change that the arguments ask for; `groups` are the groups named in them.
pub fn of(
    given: &Update,
    files: &Files,
    client: &Client,
    groups: BTreeSet<GroupId>,
) -> ClientChange {
    let has_groups = given.no_group || !groups.is_empty();
    let logo = files.logo.clone();
    let has_logos = given.no_logo || logo.is_some();
    ClientChange {
        name: given.name.clone().into(),
        description: given.description.clone().map(|text| text.0).into(),
        client_type: client_type(given),
        redirect_uris: redirect_uris(given, client),
        post_logout_redirect_uris: list(&given.post_logout_redirect_uris),
        backchannel_logout_uri: given.backchannel_logout.clone().map(|url| url.0).into(),
        launch_url: given.launch_url.clone().map(|url| url.0).into(),
        requires_pkce: toggle(given.pkce, given.no_pkce),
        requires_pushed_authorization_requests: toggle(given.require_par, given.no_require_par),
        requires_reauthentication: toggle(
            given.require_reauthentication,
            given.no_require_reauthentication,
        ),
        skips_consent: toggle(given.skip_consent, given.no_skip_consent),
        is_group_restricted: if has_groups {
            Change::Set(!groups.is_empty())
        } else {
            Change::Keep
        },
        id_token_signed_response_alg: given.id_token_alg.into(),
        jwks: set_if(given.no_jwks || files.keys.jwks.is_some(), files.keys.jwks.clone()),
        federated_identities: set_if(
            given.no_federated || !files.keys.federated_identities.is_empty(),
            files.keys.federated_identities.clone(),
        ),
        claim_rules: Change::Keep,
        access_token_seconds: given.access_token_ttl.map(Ttl::seconds).into(),
        refresh_token_seconds: given.refresh_token_ttl.map(Ttl::seconds).into(),
        groups: set_if(has_groups, groups),
        logo: set_if(has_logos, logo),
        // A new logo serves dark backgrounds as well.
        dark_logo: set_if(has_logos, None),
        without_callback: WithoutCallback::Refused,
    }
}

/// The non-empty values of a list option.
pub fn listed<T: Clone>(given: &[Clearable<T>]) -> Vec<T> {
    given.iter().filter_map(|value| value.0.clone()).collect()
}

fn set_if<T>(is_given: bool, value: T) -> Change<T> {
    if is_given { Change::Set(value) } else { Change::Keep }
}

fn list<T: Clone>(given: &[Clearable<T>]) -> Change<Vec<T>> {
    set_if(!given.is_empty(), listed(given))
}

fn toggle(on: bool, off: bool) -> Change<bool> {
    set_if(on || off, on)
}

fn client_type(given: &Update) -> Change<ClientType> {
    if given.public {
        return Change::Set(ClientType::Public);
    }
    set_if(given.confidential, ClientType::Confidential)
}

/// The given callback URLs; with `--add-callback`, the existing ones plus these.
fn redirect_uris(given: &Update, client: &Client) -> Change<Vec<RedirectUriPattern>> {
    if given.added_redirect_uris.is_empty() {
        return list(&given.redirect_uris);
    }
    let mut all = client.redirect_uris.clone();
    for added in &given.added_redirect_uris {
        if !all.contains(added) {
            all.push(added.clone());
        }
    }
    Change::Set(all)
}
