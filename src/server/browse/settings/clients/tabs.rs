//! What the tabs of a client show.

use super::super::{enter::Visit, issuers::issuer_row, words::pick_group};
use crate::{
    crypto::Algorithm,
    model::{
        Api, ApiGrant, AssertionRule, CertificateName, ClaimSource, Client, ClientSecret,
        ClientType, ExchangeRule, Permission, Scope, SecurityProfile, SubjectSource, SubjectType,
        Timestamp, TlsClientAuth, redirect_uri::RedirectUriPattern, view::ClientParts,
    },
    operations::{Refusal, clients},
    server::{
        browse::time,
        oidc::{PreviewInput, preview_tokens},
        pages::{
            AssertionRow, CertificateForm, ClaimRow, ClientApiAccess, ClientCredentials,
            ClientForm, ClientPreview, ClientTab, ExchangeRow, Pick, ScimFailure, ScimForm,
            SecretRow,
        },
    },
    store::{StoreError, Tx, apis, groups, scim_providers, users},
};

/// The scopes of a preview unless others are asked for.
const USUAL_SCOPES: &str = "openid profile email groups";

/// What a page of a client was asked for.
pub(super) struct AskedTab {
    tab: &'static str,
    now: Timestamp,
    /// The id of the API to add.
    add: Option<String>,
    /// The username and the scopes of a preview.
    user: Option<String>,
    scopes: String,
    issuer: String,
    jti: uuid::Uuid,
    /// The word for a choice of nothing.
    none: String,
}

impl AskedTab {
    pub(super) fn of(visit: &Visit, tab: &'static str) -> Self {
        let head = &visit.req.head;
        let given = |name| head.query_value(name).filter(|value| !value.trim().is_empty());
        Self {
            tab,
            now: head.now,
            add: given("add"),
            user: given("user"),
            scopes: given("scopes").unwrap_or_else(|| USUAL_SCOPES.to_owned()),
            issuer: visit.req.app.issuer().to_owned(),
            jti: visit.req.app.new_id(head.now),
            none: visit.layout.t("clients.no_choice").to_owned(),
        }
    }
}

/// Loads the content of the tab.
pub(super) fn load(
    tx: &mut Tx<'_>,
    parts: &ClientParts,
    asked: &AskedTab,
) -> Result<ClientTab, Refusal> {
    let client = &parts.client;
    Ok(match asked.tab {
        "credentials" => ClientTab::Credentials(credentials(parts, asked.now)),
        "groups" => groups_of(tx, parts)?,
        "claims" => ClientTab::Claims(claims(client)),
        "apis" => apis_of(tx, parts, asked.add.as_deref())?,
        "scim" => scim(tx, client)?,
        "preview" => ClientTab::Preview(Box::new(preview(tx, client, asked)?)),
        _ => ClientTab::General(Box::new(form(parts, &asked.none))),
    })
}

fn form(parts: &ClientParts, none: &str) -> ClientForm {
    let client = &parts.client;
    let algorithms = Algorithm::ALL.map(|one| (one.as_str().to_owned(), one.as_str().to_owned()));
    ClientForm {
        name: client.name.to_string(),
        description: client.description.as_ref().map(ToString::to_string).unwrap_or_default(),
        launch_url: client.launch_url.clone().unwrap_or_default(),
        callback_urls: lines(&client.redirect_uris),
        logout_callback_urls: lines(&client.post_logout_redirect_uris),
        backchannel_logout_uri: client.backchannel_logout_uri.clone().unwrap_or_default(),
        is_public: client.client_type == ClientType::Public,
        pkce_enabled: client.must_use_pkce(),
        requires_reauthentication: client.requires_reauthentication,
        requires_par: client.requires_pushed_authorization_requests,
        requires_dpop: client.requires_dpop,
        requires_mtls: client.requires_mtls,
        profile: client.security_profile.map_or("", SecurityProfile::as_str).to_owned(),
        profiles: vec![
            (String::new(), none.to_owned()),
            (SecurityProfile::Fapi2.to_string(), "FAPI 2.0".to_owned()),
        ],
        skip_consent: client.skips_consent,
        may_skip_consent: !client.describes_itself(),
        algorithm: client.id_token_signed_response_alg.as_str().to_owned(),
        userinfo_algorithm: client
            .userinfo_signed_response_alg
            .map_or("", Algorithm::as_str)
            .to_owned(),
        userinfo_algorithms: [vec![(String::new(), none.to_owned())], algorithms.to_vec()].concat(),
        algorithms: algorithms.to_vec(),
        access_token_minutes: (client.access_token_seconds / 60).to_string(),
        refresh_token_minutes: (client.refresh_token_seconds / 60).to_string(),
        max_session_age_minutes: (client.max_session_age_seconds.unwrap_or(0) / 60).to_string(),
        has_logo: parts.logos.light,
        has_dark_logo: parts.logos.dark,
    }
}

fn lines(patterns: &[RedirectUriPattern]) -> String {
    patterns.iter().map(RedirectUriPattern::as_str).collect::<Vec<_>>().join("\n")
}

fn credentials(parts: &ClientParts, now: Timestamp) -> ClientCredentials {
    let secret = |secret: &ClientSecret| SecretRow {
        id: secret.id.to_string(),
        prefix: secret.prefix.clone(),
        created: time(secret.created_at),
        expires: secret.expires_at.map(time),
        is_active: secret.expires_at.is_none_or(|expiry| expiry > now),
    };
    ClientCredentials {
        is_public: parts.client.client_type == ClientType::Public,
        secrets: parts.secrets.iter().map(secret).collect(),
        identities: parts.client.keys.federated_identities.iter().map(issuer_row).collect(),
        certificates: parts
            .client
            .keys
            .tls_client_auth
            .as_ref()
            .map(certificates)
            .unwrap_or_default(),
    }
}

fn groups_of(tx: &mut Tx<'_>, parts: &ClientParts) -> Result<ClientTab, StoreError> {
    let picks = groups::all(tx)?.into_iter().map(|group| Pick {
        is_picked: parts.groups.iter().any(|other| other.id == group.id),
        ..pick_group(&group)
    });
    let is_restricted = parts.client.is_group_restricted;
    Ok(ClientTab::Groups { picks: picks.collect(), is_restricted })
}

fn claims(client: &Client) -> Vec<ClaimRow> {
    let rows = client.claim_rules.iter().map(|rule| {
        let scope = rule.scope.as_ref().map(ToString::to_string).unwrap_or_default();
        let row = ClaimRow { name: rule.name.to_string(), scope, ..ClaimRow::default() };
        match &rule.source {
            ClaimSource::Fixed(value) => ClaimRow { value: value.to_string(), ..row },
            ClaimSource::Mapped(name) => ClaimRow { from: name.to_string(), ..row },
        }
    });
    rows.collect()
}

fn apis_of(
    tx: &mut Tx<'_>,
    parts: &ClientParts,
    add: Option<&str>,
) -> Result<ClientTab, StoreError> {
    let client = &parts.client;
    let (mut access, mut others) = (Vec::new(), Vec::new());
    for api in apis::list(tx)? {
        let grants = apis::list_grants_of(tx, api.id, &client.id)?;
        let id = api.id.to_string();
        if !grants.is_empty() || add == Some(id.as_str()) {
            access.push(access_to(&api, &grants));
        } else {
            others.push((id, api.name.to_string()));
        }
    }
    let is_public = client.client_type == ClientType::Public;
    let exchanges = client.token_exchanges.iter().map(exchange).collect();
    let assertions = parts.identity_assertions.iter().map(assertion).collect();
    let trusted = client.trusted_issuers.clone();
    Ok(ClientTab::Apis { access, others, is_public, exchanges, assertions, trusted })
}

fn assertion(rule: &AssertionRule) -> AssertionRow {
    AssertionRow {
        audience: rule.audience.to_string(),
        client_id: rule.client_id.to_string(),
        scope: rule.scope.to_string(),
        resources: rule.resources.uris().join("\n"),
    }
}

fn exchange(rule: &ExchangeRule) -> ExchangeRow {
    let row = ExchangeRow {
        target: rule.target.to_string(),
        scope: ExchangeRule::words(&rule.scope),
        accepts_bound_tokens: rule.accepts_bound_tokens,
        ..ExchangeRow::default()
    };
    let source = rule.source.as_str().to_owned();
    match rule.source {
        SubjectSource::SubjectApi(_) => ExchangeRow { subject_api: source, ..row },
        SubjectSource::SubjectClient(_) => ExchangeRow { subject_client: source, ..row },
    }
}

fn certificates(auth: &TlsClientAuth) -> CertificateForm {
    let TlsClientAuth::Authority { name, authorities } = auth.clone() else {
        return CertificateForm { is_self_signed: true, ..CertificateForm::default() };
    };
    let form = CertificateForm { authorities, ..CertificateForm::default() };
    match name {
        CertificateName::SanDns(name) => CertificateForm { san_dns: name, ..form },
        CertificateName::SanEmail(name) => CertificateForm { san_email: name, ..form },
        CertificateName::SanIp(address) => CertificateForm { san_ip: address.to_string(), ..form },
        CertificateName::SanUri(name) => CertificateForm { san_uri: name, ..form },
        CertificateName::SubjectDn(name) => CertificateForm { subject_dn: name, ..form },
    }
}

fn access_to(api: &Api, grants: &[ApiGrant]) -> ClientApiAccess {
    let grant = |subject| grants.iter().find(|grant| grant.subject_type == subject);
    let picks = |subject| {
        let granted = grant(subject).map(|grant| grant.permissions.as_slice()).unwrap_or_default();
        let pick = |permission: &Permission| Pick {
            value: permission.id.to_string(),
            label: permission.name.to_string(),
            detail: permission.key.to_string(),
            is_picked: granted.contains(&permission.key),
            is_fixed: false,
        };
        api.permissions.iter().map(pick).collect()
    };
    ClientApiAccess {
        id: api.id.to_string(),
        name: api.name.to_string(),
        resource: api.resource.to_string(),
        is_new: grants.is_empty(),
        for_users: grants.is_empty() || grant(SubjectType::User).is_some(),
        for_itself: grant(SubjectType::Client).is_some(),
        of_users: picks(SubjectType::User),
        of_itself: picks(SubjectType::Client),
    }
}

fn scim(tx: &mut Tx<'_>, client: &Client) -> Result<ClientTab, StoreError> {
    let provider = scim_providers::find_of_client(tx, &client.id)?;
    Ok(ClientTab::Scim(provider.map(|provider| {
        ScimForm {
            id: provider.id.to_string(),
            endpoint: provider.endpoint.as_str().to_owned(),
            last_synced: provider.last_synced_at.map(time),
            failure: provider
                .last_error
                .map(|error| ScimFailure { error, begun: provider.last_attempted_at.map(time) }),
        }
    })))
}

/// What the client would learn about the user who was asked for.
fn preview(
    tx: &mut Tx<'_>,
    client: &Client,
    asked: &AskedTab,
) -> Result<ClientPreview, StoreError> {
    let shown = ClientPreview {
        username: asked.user.clone().unwrap_or_default(),
        scopes: asked.scopes.clone(),
        ..ClientPreview::default()
    };
    let Some(name) = &asked.user else { return Ok(shown) };
    let refuse = |problem| ClientPreview { problem: Some(problem), ..shown.clone() };
    let found = users::find_by_name(tx, name)?.into_iter().next();
    let Some(user) = found else { return Ok(refuse("clients.no_such_user")) };
    if !clients::may_use(tx, client, user.id, asked.now)? {
        return Ok(refuse("clients.may_not_use"));
    }
    let scope = Scope::requested(&asked.scopes, |name| client.has_scope(name));
    let input = PreviewInput { scope, issuer: &asked.issuer, jti: asked.jti, now: asked.now };
    let tokens = preview_tokens(tx, client, &user, input)?;
    let parts = tokens.parts().map(|(key, claims)| (key, pretty(claims)));
    Ok(ClientPreview { parts: parts.into(), ..shown })
}

fn pretty(claims: &serde_json::Map<String, serde_json::Value>) -> String {
    serde_json::to_string_pretty(claims).unwrap_or_default()
}
