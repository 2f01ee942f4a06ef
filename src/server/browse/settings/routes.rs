//! The routes of the pages of the settings.

use super::{
    account, api_keys, apis, apps, audit_log, client_requests, clients, configuration, groups,
    invitations, live, protected_hosts, registration_tokens, scim_tokens, services, signing_keys,
    ssh, ssh_users, users, webhooks,
};
use crate::server::route::{Route, moved, page};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        page("/settings/account", account::show),
        page("/settings/apps", apps::show),
        page("/settings/audit-log", audit_log::list_own),
        page("/settings/admin/api-keys", api_keys::list),
        page("/settings/admin/apis", apis::list),
        page("/settings/admin/apis/new", apis::new),
        page("/settings/admin/apis/{id}", apis::show),
        page("/settings/admin/application-configuration", configuration::show),
        page("/settings/admin/audit-log", audit_log::list_all),
        page("/settings/admin/backups", live::backups),
        page("/settings/admin/client-requests", client_requests::list),
        page("/settings/admin/health", live::health),
        page("/settings/admin/oidc-clients", clients::list),
        page("/settings/admin/oidc-clients/new", clients::new),
        page("/settings/admin/oidc-clients/new/{recipe}", clients::by_recipe),
        page("/settings/admin/oidc-clients/{id}", clients::show),
        page("/settings/admin/protected-hosts", protected_hosts::list),
        page("/settings/admin/protected-hosts/new", protected_hosts::new),
        page("/settings/admin/protected-hosts/{id}", protected_hosts::show),
        page("/settings/admin/registration-tokens", registration_tokens::list),
        page("/settings/admin/scim-tokens", scim_tokens::list),
        page("/settings/admin/services/new", services::new),
        page("/settings/admin/signing-keys", signing_keys::show),
        page("/settings/admin/signup-tokens", invitations::list),
        page("/settings/admin/ssh", ssh::accounts),
        page("/settings/admin/ssh/accounts/new", ssh::new),
        page("/settings/admin/ssh/accounts/{id}", ssh::show),
        page("/settings/admin/ssh/certificates", ssh::certificates),
        page("/settings/admin/ssh/hosts", ssh::hosts),
        page("/settings/admin/ssh/users", ssh_users::list),
        page("/settings/admin/user-groups", groups::list),
        page("/settings/admin/user-groups/new", groups::new),
        page("/settings/admin/user-groups/{id}", groups::show),
        page("/settings/admin/users", users::list),
        page("/settings/admin/users/invite", users::invite),
        page("/settings/admin/users/new", users::new),
        page("/settings/admin/users/{id}", users::show),
        page("/settings/admin/webhooks", webhooks::list),
        page("/settings/admin/webhooks/new", webhooks::new),
        page("/settings/admin/webhooks/{id}", webhooks::show),
        moved("/settings/admin", "/settings/admin/users"),
        moved("/settings/audit-log/global", "/settings/admin/audit-log"),
    ]
}
