//! `pocketid client show`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context,
    error::CliError,
    names::find_client,
    page::{Page, or_none, yes_no},
    report::Outcome,
    ttl::Ttl,
};
use super::claims;
use crate::{
    crypto::{Algorithm, PublicJwk},
    model::{
        Client, ClientSecret, ClientType, Endpoints, Timestamp,
        redirect_uri::RedirectUriPattern,
        view::{ClientParts, ClientView},
    },
    operations::clients,
    store::{StoreError, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client show linkding
  pocketid client show Linkding --output env

Secrets cannot be shown: only their digests are stored.";

/// Show a client, and the addresses that its application asks for
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    name: String,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<ShownClient, CliError> {
        let frame = Frame::new(ctx)?;
        ctx.existing_store()?.read_blocking(|tx| {
            let client = find_client(tx, &self.name)?;
            Ok(frame.clone().load(tx, client)?)
        })
    }
}

/// Data that is shown with every client.
#[derive(Debug, Clone)]
pub struct Frame {
    endpoints: Endpoints,
    now: Timestamp,
}

impl Frame {
    /// Builds it from the settings and the current time.
    pub fn new(ctx: &Context) -> Result<Self, CliError> {
        let settings = ctx.settings_for_addresses()?;
        let internal = settings.internal_app_url.as_str();
        Ok(Self { endpoints: Endpoints::new(settings.app_url.as_str(), internal), now: ctx.now() })
    }

    /// The provider's endpoints.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Loads everything about a client.
    pub fn load(self, tx: &mut Tx<'_>, client: Client) -> Result<ShownClient, StoreError> {
        Ok(ShownClient {
            parts: clients::load(tx, client)?,
            endpoints: self.endpoints,
            now: self.now,
        })
    }
}

/// A client with the provider's endpoints.
#[derive(Debug)]
pub struct ShownClient {
    parts: ClientParts,
    endpoints: Endpoints,
    now: Timestamp,
}

impl ShownClient {
    /// The client.
    pub fn client(&self) -> &Client {
        &self.parts.client
    }

    /// Whether the client cannot authenticate: it is confidential, with neither secrets nor keys.
    pub fn has_nothing_to_prove_itself_with(&self) -> bool {
        self.client().client_type == ClientType::Confidential
            && self.parts.secrets.is_empty()
            && self.client().keys.is_empty()
            && self.client().security_profile.is_none()
    }

    /// Warns of a client whose security profile demands keys that it does not have.
    pub fn warn_of_missing_keys(&self, ctx: &Context) {
        let client = self.client();
        if let Some(profile) = client.security_profile.filter(|_| client.lacks_keys()) {
            ctx.report().warn(format!(
                "{name} cannot authenticate: it has no keys that {profile} allows; to add some: \
                 pocketid client update {id} --jwks FILE",
                name = client.name,
                id = client.id
            ));
        }
    }

    /// The provider's endpoints, under the names that applications use.
    pub fn addresses(&self) -> String {
        let Endpoints {
            issuer,
            authorization_endpoint,
            token_endpoint,
            userinfo_endpoint,
            jwks_uri,
            end_session_endpoint,
            ..
        } = &self.endpoints;
        let discovery = self.endpoints.discovery();
        format!(
            "Issuer         {issuer}\n\
             Discovery      {discovery}\n\
             Authorization  {authorization_endpoint}\n\
             Token          {token_endpoint}\n\
             User info      {userinfo_endpoint}\n\
             Keys (JWKS)    {jwks_uri}\n\
             Sign out       {end_session_endpoint}"
        )
    }

    fn access(&self) -> String {
        let groups: Vec<_> = self.parts.groups.iter().map(|group| group.name.to_string()).collect();
        if self.client().is_group_restricted {
            format!("members of: {}", or_none(&groups))
        } else {
            "everybody".to_owned()
        }
    }

    /// The servers elsewhere for which it gets assertions about its users.
    fn assertions(&self) -> String {
        let rules = self.parts.identity_assertions.iter();
        let audiences = rules.map(|rule| format!("for {}", rule.audience)).collect::<Vec<_>>();
        or_none(&audiences)
    }

    fn secrets(&self, page: &Page) -> String {
        let tell = |secret: &ClientSecret| {
            let life = match secret.expires_at {
                Some(moment) if moment <= self.now => format!("expired {}", page.moment(moment)),
                Some(moment) => format!("until {}", page.moment(moment)),
                None => format!("since {}", page.moment(secret.created_at)),
            };
            format!("{}… ({life})", secret.prefix)
        };
        let secrets = or_none(&self.parts.secrets.iter().map(tell).collect::<Vec<_>>());
        // Where there are some, an administrator should see that they are not needed any more.
        if self.client().keys.uses_certificates() && !self.parts.secrets.is_empty() {
            format!("{secrets}, not accepted: it proves who it is with TLS certificates")
        } else {
            secrets
        }
    }

    fn callbacks(&self) -> String {
        match &self.client().redirect_uris[..] {
            [] if self.client().client_type == ClientType::Public => {
                "none, so no user can sign in; add one: pocketid client update --callback"
                    .to_owned()
            }
            [] if self.client().security_profile.is_some() => {
                "none, so no user can sign in; the profile takes none from a sign-in".to_owned()
            }
            [] => "the one of its first completed sign-in".to_owned(),
            patterns => texts(patterns),
        }
    }
}

/// The profile, and what a client lacks to keep to it.
fn profile(client: &Client) -> String {
    match client.security_profile {
        None => "none".to_owned(),
        Some(profile) if client.lacks_keys() => format!(
            "{profile}, but it has no keys that this allows; add some: pocketid client update \
             {} --jwks FILE",
            client.id
        ),
        Some(profile) => profile.to_string(),
    }
}

fn own_keys(client: &Client) -> String {
    let keys = client.keys.jwks.iter().flat_map(|set| &set.keys);
    let name = |(number, key): (usize, &PublicJwk)| {
        key.kid.clone().unwrap_or_else(|| format!("key {}", number + 1))
    };
    or_none(&keys.enumerate().map(name).collect::<Vec<_>>())
}

/// What its tokens are bound to.
fn bound_tokens(client: &Client) -> String {
    let words = match (client.requires_dpop, client.requires_mtls) {
        (true, true) => "to a key (DPoP) and a TLS certificate",
        (true, false) => "to a key (DPoP)",
        (false, true) => "to a TLS certificate",
        (false, false) if client.must_bind_tokens() => "to a key (DPoP) or a TLS certificate",
        (false, false) => "if it asks for them",
    };
    words.to_owned()
}

/// The issuers that say for which users it gets tokens.
fn trusted_issuers(client: &Client) -> String {
    or_none(&client.trusted_issuers.iter().map(|one| one.issuer.clone()).collect::<Vec<_>>())
}

/// Where the tokens are from that it may exchange, and what for.
fn exchanges(client: &Client) -> String {
    let rules = client.token_exchanges.iter();
    or_none(
        &rules
            .map(|rule| format!("{} for {}", rule.source.as_str(), rule.target))
            .collect::<Vec<_>>(),
    )
}

/// The name of its TLS certificates that come from authorities.
fn certificates(client: &Client) -> String {
    client
        .keys
        .tls_client_auth
        .as_ref()
        .map_or_else(|| "none".to_owned(), crate::model::TlsClientAuth::to_text)
}

fn issuers(client: &Client) -> String {
    let identities = client.keys.federated_identities.iter();
    or_none(&identities.map(|identity| identity.issuer.clone()).collect::<Vec<_>>())
}

fn texts(patterns: &[RedirectUriPattern]) -> String {
    or_none(&patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect::<Vec<_>>())
}

impl Serialize for ShownClient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            #[serde(flatten)]
            client: ClientView,
            endpoints: &'a Endpoints,
        }
        let client = ClientView::of(&self.parts, self.now);
        View { client, endpoints: &self.endpoints }.serialize(serializer)
    }
}

impl Outcome for ShownClient {
    fn write_text(&self, page: &mut Page) {
        let client = self.client();
        page.fields(&[
            ("Client ID", client.id.to_string()),
            ("Name", client.name.to_string()),
            (
                "Description",
                client.description.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string),
            ),
            ("Public", yes_no(client.client_type == ClientType::Public)),
            ("PKCE required", yes_no(client.must_use_pkce())),
            ("PAR required", yes_no(client.must_push())),
            ("Bound tokens", bound_tokens(client)),
            ("Security profile", profile(client)),
            ("Asks for consent", yes_no(!client.skips_consent || client.describes_itself())),
            ("Passkey each time", yes_no(client.requires_reauthentication)),
            (
                "Longest session age",
                client.max_session_age_seconds.map_or_else(
                    || "any".to_owned(),
                    |seconds| Ttl::from_seconds(seconds).to_string(),
                ),
            ),
            ("Access token lifetime", Ttl::from_seconds(client.access_token_seconds).to_string()),
            ("Refresh token lifetime", Ttl::from_seconds(client.refresh_token_seconds).to_string()),
            ("ID tokens signed with", client.id_token_signed_response_alg.as_str().to_owned()),
            (
                "UserInfo signed with",
                client.userinfo_signed_response_alg.map_or("none", Algorithm::as_str).to_owned(),
            ),
            ("Secrets", self.secrets(page)),
            ("Keys of its own", own_keys(client)),
            ("Federated identities", issuers(client)),
            ("TLS certificates", certificates(client)),
            ("Callback URLs", self.callbacks()),
            ("Logout callback URLs", texts(&client.post_logout_redirect_uris)),
            (
                "Back-channel logout",
                client.backchannel_logout_uri.clone().unwrap_or_else(|| "none".to_owned()),
            ),
            ("Open to", self.access()),
            ("Claims", claims::summary(&client.claim_rules)),
            ("Token exchanges", exchanges(client)),
            ("Trusted issuers", trusted_issuers(client)),
            ("Identity assertions", self.assertions()),
            ("Launch URL", client.launch_url.clone().unwrap_or_else(|| "none".to_owned())),
            ("Logo", yes_no(self.parts.logos.light)),
            ("Created", page.moment(client.created_at)),
        ]);
        page.remark(format!("\n{}", self.addresses()));
    }

    fn env(&self) -> Vec<(&str, String)> {
        let endpoints = self.endpoints.clone();
        vec![
            ("OIDC_CLIENT_ID", self.client().id.to_string()),
            ("OIDC_ISSUER", endpoints.issuer),
            ("OIDC_AUTHORIZATION_ENDPOINT", endpoints.authorization_endpoint),
            ("OIDC_TOKEN_ENDPOINT", endpoints.token_endpoint),
            ("OIDC_USERINFO_ENDPOINT", endpoints.userinfo_endpoint),
            ("OIDC_JWKS_URI", endpoints.jwks_uri),
        ]
    }
}
