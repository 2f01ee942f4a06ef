//! What `client update` makes of a client, before it is stored.

use super::{
    super::{clearable::Clearable, error::CliError, ttl::Ttl},
    update::Update,
};
use crate::model::{Client, ClientKeys, ClientType};

/// Puts what was given into the client, and refuses what cannot be.
pub fn apply(given: &Update, keys: &ClientKeys, client: &mut Client) -> Result<(), CliError> {
    refuse_what_its_document_says(given, client)?;
    set(&mut client.name, given.name.clone());
    set_list(&mut client.redirect_uris, &given.redirect_uris);
    for added in &given.added_redirect_uris {
        if !client.redirect_uris.contains(added) {
            client.redirect_uris.push(added.clone());
        }
    }
    set_list(&mut client.post_logout_redirect_uris, &given.post_logout_redirect_uris);
    set(&mut client.backchannel_logout_uri, given.backchannel_logout.clone().map(|url| url.0));
    set(&mut client.launch_url, given.launch_url.clone().map(|url| url.0));
    set(&mut client.description, given.description.clone().map(|text| text.0));
    set(&mut client.id_token_signed_response_alg, given.id_token_alg);
    set(&mut client.access_token_seconds, given.access_token_ttl.map(Ttl::seconds));
    set(&mut client.refresh_token_seconds, given.refresh_token_ttl.map(Ttl::seconds));
    set(&mut client.requires_pkce, toggle(given.pkce, given.no_pkce));
    let par = toggle(given.require_par, given.no_require_par);
    set(&mut client.requires_pushed_authorization_requests, par);
    set(&mut client.skips_consent, toggle(given.skip_consent, given.no_skip_consent));
    let again = toggle(given.require_reauthentication, given.no_require_reauthentication);
    set(&mut client.requires_reauthentication, again);
    set_keys(given, keys, client);
    set_type(given, client)
}

/// The values of a list that was given.
pub fn listed<T: Clone>(given: &[Clearable<T>]) -> Vec<T> {
    given.iter().filter_map(|value| value.0.clone()).collect()
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *place = value;
    }
}

fn set_list<T: Clone>(place: &mut Vec<T>, given: &[Clearable<T>]) {
    if !given.is_empty() {
        *place = listed(given);
    }
}

fn toggle(on: bool, off: bool) -> Option<bool> {
    (on || off).then_some(on)
}

fn set_keys(given: &Update, keys: &ClientKeys, client: &mut Client) {
    if given.no_jwks || keys.jwks.is_some() {
        client.keys.jwks.clone_from(&keys.jwks);
    }
    if given.no_federated || !keys.federated_identities.is_empty() {
        client.keys.federated_identities.clone_from(&keys.federated_identities);
    }
}

fn set_type(given: &Update, client: &mut Client) -> Result<(), CliError> {
    if given.confidential {
        client.client_type = ClientType::Confidential;
    }
    if given.public {
        client.client_type = ClientType::Public;
        client.requires_pkce = true;
    }
    if client.client_type != ClientType::Public {
        return Ok(());
    }
    if given.no_pkce {
        return Err(CliError::usage("a public client must use PKCE").hint("leave --no-pkce out"));
    }
    if !client.keys.is_empty() {
        return Err(CliError::usage("a public client has nothing to prove itself with").hint(
            "leave --public, --jwks and --federated out, or add --no-jwks and --no-federated",
        ));
    }
    if client.redirect_uris.is_empty() {
        return Err(CliError::usage("a public client needs a --callback")
            .hint("anybody can claim to be a public client, so it must not choose its own"));
    }
    Ok(())
}

/// It would be overwritten when the document is fetched again.
fn refuse_what_its_document_says(given: &Update, client: &Client) -> Result<(), CliError> {
    let says = given.name.is_some()
        || !given.redirect_uris.is_empty()
        || !given.added_redirect_uris.is_empty()
        || !given.post_logout_redirect_uris.is_empty()
        || given.confidential
        || given.public;
    if client.id.is_url() && says {
        return Err(CliError::refused(format!(
            "{} describes itself: its name, its type and its callback URLs are in its document",
            client.id
        ))
        .hint("change the document at that address; it is fetched again when it has expired"));
    }
    Ok(())
}
