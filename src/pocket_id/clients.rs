//! Clients and the groups that may use them.

use std::collections::{HashMap, HashSet};

use super::{
    Contents, ImportFault, ImportedClient,
    accounts::{fit, parse_id},
    cell::PocketIdRow,
    contents::{fitted, told},
    credentials,
    tables::Tables,
};
use crate::{
    crypto::Algorithm,
    model::{
        Client, ClientId, ClientType, GrantType, GroupId, Timestamp,
        redirect_uri::RedirectUriPattern, text::is_web_address,
    },
};

/// Allowed lifetimes of tokens in minutes (Pocket ID 2.14).
const MINUTES: std::ops::RangeInclusive<i64> = 1..=525_600;

pub(super) fn read(
    out: &mut Contents,
    tables: &Tables,
    algorithm: Option<Algorithm>,
    now: Timestamp,
) -> Result<(), ImportFault> {
    let groups = allowed_groups(out, tables)?;
    let mut ids = HashSet::new();
    for row in tables.rows("oidc_clients") {
        let text = row.text("id")?;
        let id: ClientId = match text.parse() {
            Ok(id) => id,
            Err(error) => {
                out.leave_out("client", text, format!("its ID {error}"));
                continue;
            }
        };
        let groups = groups.get(text).cloned().unwrap_or_default();
        if ids.insert(id.clone())
            && let Some(mut client) = client(out, row, id, now)?
        {
            client.groups = groups;
            if let Some(algorithm) = algorithm {
                // Applications expect the algorithm of Pocket ID's signing key.
                client.client.id_token_signed_response_alg = algorithm;
            }
            out.clients.push(client);
        }
    }
    Ok(())
}

fn allowed_groups(
    out: &Contents,
    tables: &Tables,
) -> Result<HashMap<String, Vec<GroupId>>, ImportFault> {
    let known = out.group_ids();
    let mut groups: HashMap<String, Vec<GroupId>> = HashMap::new();
    for row in tables.rows("oidc_clients_allowed_user_groups") {
        let (client, group) = (row.text("oidc_client_id")?, parse_id(row, "user_group_id")?);
        if known.contains(&group) {
            groups.entry(client.to_owned()).or_default().push(group);
        }
    }
    Ok(groups)
}

fn client(
    out: &mut Contents,
    row: &PocketIdRow,
    id: ClientId,
    now: Timestamp,
) -> Result<Option<ImportedClient>, ImportFault> {
    let name = row.text_opt("name")?.filter(|name| !name.trim().is_empty());
    let name = fitted(name.unwrap_or(id.as_str()), 50).or_else(|| fitted("Client", 50));
    let client_type =
        if row.flag("is_public")? { ClientType::Public } else { ClientType::Confidential };
    let created_at = row.moment("created_at")?.unwrap_or(now);
    let mut client = Client::new(id, fit(row, "name", name)?, client_type, created_at);
    client.description = row
        .text_opt("description")?
        .filter(|text| !text.trim().is_empty())
        .and_then(|text| fitted(text, 150));
    let callbacks: Vec<String> = row.json("callback_urls")?;
    client.redirect_uris = patterns(out, &client, "callback URL", &callbacks);
    if client.redirect_uris.is_empty() && !callbacks.is_empty() {
        // A client without callback URLs would adopt the URL of its first sign-in.
        let reason = "none of its callback URLs is valid; register it again";
        out.leave_out("client", told(&client), reason);
        return Ok(None);
    }
    let logouts: Vec<String> = row.json("logout_callback_urls")?;
    client.post_logout_redirect_uris = patterns(out, &client, "logout callback URL", &logouts);
    client.requires_pkce = row.flag("pkce_enabled")?;
    client.requires_pushed_authorization_requests =
        row.flag("requires_pushed_authorization_requests")?;
    client.requires_reauthentication = row.flag("requires_reauthentication")?;
    client.skips_consent = row.flag("skip_consent")?;
    client.is_group_restricted = row.flag("is_group_restricted")?;
    client.launch_url = address(out, row, &client, "launch_url")?;
    client.access_token_seconds = seconds(row, "access_token_duration_minutes")?;
    client.refresh_token_seconds = seconds(row, "refresh_token_duration_minutes")?;
    client.backchannel_logout_uri = address(out, row, &client, "backchannel_logout_url")?;
    let mut document_expires_at = None;
    if client.id.is_url() {
        let grant_types: Vec<String> = row.json("metadata_grant_types")?;
        let mut grant_types: Vec<_> =
            grant_types.iter().filter_map(|name| GrantType::parse(name)).collect();
        if grant_types.is_empty() {
            grant_types.push(GrantType::AuthorizationCode);
        }
        client.grant_types = Some(grant_types);
        // An expired document is fetched again at its next use.
        document_expires_at = Some(row.moment("metadata_expires_at")?.unwrap_or(now));
    }
    let secrets = credentials::read(out, row, &mut client)?;
    let (groups, logos) = (Vec::new(), Vec::new());
    Ok(Some(ImportedClient { client, secrets, groups, logos, document_expires_at }))
}

fn patterns(
    out: &mut Contents,
    client: &Client,
    kind: &'static str,
    texts: &[String],
) -> Vec<RedirectUriPattern> {
    let mut patterns = Vec::new();
    for text in texts {
        match text.parse::<RedirectUriPattern>() {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => {
                out.leave_out(kind, format!("{text} of {}", told(client)), error.to_string());
            }
        }
    }
    patterns
}

fn address(
    out: &mut Contents,
    row: &PocketIdRow,
    client: &Client,
    column: &'static str,
) -> Result<Option<String>, ImportFault> {
    let Some(text) = row.text_opt(column)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if is_web_address(text) {
        Ok(Some(text.to_owned()))
    } else {
        let kind = if column == "launch_url" { "launch URL" } else { "back-channel logout URL" };
        out.leave_out(kind, told(client), "it is not an http:// or https:// address");
        Ok(None)
    }
}

fn seconds(row: &PocketIdRow, column: &str) -> Result<i64, ImportFault> {
    match row.number(column)? {
        minutes if MINUTES.contains(&minutes) => Ok(minutes * 60),
        _ => Err(row.fault(column, "is not a lifetime of 1 to 525600 minutes")),
    }
}
