//! The routes of this folder.

use super::{
    api_keys, apis, app_config, audit_logs, backups, client_requests, clients, configuration,
    custom_claims, doctor, groups, images, protected_hosts, qr_code, recipes, registration_tokens,
    scim_providers, scim_tokens, services, signing_keys, signup_tokens, ssh, users, version,
    webhooks,
};
use crate::server::route::Route;

/// Lists the routes of all resources.
pub(in crate::server) fn routes() -> Vec<Route> {
    let nouns = [
        api_keys::routes(),
        apis::routes(),
        app_config::routes(),
        audit_logs::routes(),
        backups::routes(),
        client_requests::routes(),
        clients::routes(),
        configuration::routes(),
        custom_claims::routes(),
        doctor::routes(),
        groups::routes(),
        images::routes(),
        protected_hosts::routes(),
        qr_code::routes(),
        recipes::routes(),
        registration_tokens::routes(),
        scim_providers::routes(),
        scim_tokens::routes(),
        services::routes(),
        signing_keys::routes(),
        signup_tokens::routes(),
        ssh::routes(),
        users::routes(),
        version::routes(),
        webhooks::routes(),
    ];
    nouns.into_iter().flatten().collect()
}
