//! `/settings/admin/oidc-clients`

use crate::{
    model::{Endpoints, TrustedIssuer},
    server::pages::{Heading, Layout, PageFrame, PageTable, Pick, Tab, Time},
};

/// Shows one client.
#[derive(Debug, askama::Template)]
#[template(path = "settings/client.html")]
pub struct ClientPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub tabs: Vec<Tab>,
    pub tab: ClientTab,
    pub id: String,
    /// Its id, encoded for a path.
    pub path: String,
    pub logo: Option<String>,
    /// Whether it has a metadata document, which says what it is.
    pub is_metadata_client: bool,
    pub endpoints: Endpoints,
}

/// The content of a tab.
#[derive(Debug)]
pub enum ClientTab {
    General(Box<ClientForm>),
    Credentials(ClientCredentials),
    Groups {
        picks: Vec<Pick>,
        is_restricted: bool,
    },
    /// The additional claims.
    Claims(Vec<ClaimRow>),
    Apis {
        /// Its access to APIs, and that of the one to add.
        access: Vec<ClientApiAccess>,
        /// The APIs that it has no access to yet: id and name.
        others: Vec<(String, String)>,
        is_public: bool,
        exchanges: Vec<ExchangeRow>,
        trusted: Vec<TrustedIssuer>,
        assertions: Vec<AssertionRow>,
    },
    Scim(Option<ScimForm>),
    Preview(Box<ClientPreview>),
}

/// The settings of a client.
#[derive(Debug, Default)]
pub struct ClientForm {
    pub name: String,
    pub description: String,
    pub launch_url: String,
    pub callback_urls: String,
    pub logout_callback_urls: String,
    pub backchannel_logout_uri: String,
    pub is_public: bool,
    pub pkce_enabled: bool,
    pub requires_reauthentication: bool,
    pub requires_par: bool,
    pub requires_dpop: bool,
    pub requires_mtls: bool,
    /// The name of the security profile, or nothing.
    pub profile: String,
    pub profiles: Vec<(String, String)>,
    pub skip_consent: bool,
    /// False for a client that describes itself: its users are always asked.
    pub may_skip_consent: bool,
    pub algorithm: String,
    pub algorithms: Vec<(String, String)>,
    /// The algorithm of UserInfo responses, or nothing.
    pub userinfo_algorithm: String,
    pub userinfo_algorithms: Vec<(String, String)>,
    pub access_token_minutes: String,
    pub refresh_token_minutes: String,
    /// 0 for any age.
    pub max_session_age_minutes: String,
    pub has_logo: bool,
    pub has_dark_logo: bool,
}

/// How a client proves who it is.
#[derive(Debug)]
pub struct ClientCredentials {
    pub is_public: bool,
    pub secrets: Vec<SecretRow>,
    pub identities: Vec<IdentityRow>,
    pub certificates: CertificateForm,
}

/// A secret, without the secret itself.
#[derive(Debug)]
pub struct SecretRow {
    pub id: String,
    pub prefix: String,
    pub created: Time,
    pub expires: Option<Time>,
    pub is_active: bool,
}

/// An issuer whose tokens authenticate a client.
#[derive(Debug, Default)]
pub struct IdentityRow {
    pub issuer: String,
    pub subject: String,
    pub audience: String,
    pub jwks: String,
    pub replay_protection: bool,
}

/// An additional claim. One of `value` and `from` is empty.
#[derive(Debug, Default)]
pub struct ClaimRow {
    pub name: String,
    pub value: String,
    pub from: String,
    pub scope: String,
}

/// The access of a client to an API.
#[derive(Debug)]
pub struct ClientApiAccess {
    pub id: String,
    pub name: String,
    pub resource: String,
    pub is_new: bool,
    pub for_users: bool,
    pub for_itself: bool,
    pub of_users: Vec<Pick>,
    pub of_itself: Vec<Pick>,
}

/// Tokens that a client may exchange. One of `subject_api` and `subject_client` is empty.
#[derive(Debug, Default)]
pub struct ExchangeRow {
    pub subject_api: String,
    pub subject_client: String,
    pub target: String,
    pub scope: String,
    pub accepts_bound_tokens: bool,
}

/// A server elsewhere for which a client gets assertions about its users.
#[derive(Debug, Default)]
pub struct AssertionRow {
    pub audience: String,
    pub client_id: String,
    pub scope: String,
    /// One a line.
    pub resources: String,
}

/// The TLS certificates of a client: its own, or a name and the authorities. All but one name are empty.
#[derive(Debug, Default)]
pub struct CertificateForm {
    pub subject_dn: String,
    pub san_dns: String,
    pub san_uri: String,
    pub san_ip: String,
    pub san_email: String,
    pub authorities: String,
    pub is_self_signed: bool,
}

/// The SCIM provider of a client.
#[derive(Debug, Default)]
pub struct ScimForm {
    pub id: String,
    pub endpoint: String,
    pub last_synced: Option<Time>,
    /// Why the last synchronisation failed, and when it began.
    pub failure: Option<ScimFailure>,
}

/// A synchronisation that failed.
#[derive(Debug)]
pub struct ScimFailure {
    pub error: String,
    pub begun: Option<Time>,
}

/// What a client would learn about a user.
#[derive(Debug, Clone, Default)]
pub struct ClientPreview {
    /// The username that was asked for.
    pub username: String,
    pub scopes: String,
    /// Why there is nothing to show: the key of a text.
    pub problem: Option<&'static str>,
    /// The key of a name, and the claims as JSON.
    pub parts: Vec<(&'static str, String)>,
}

impl ClientPage {
    /// The path of the client in the REST API.
    fn api(&self) -> String {
        format!("/api/oidc/clients/{}", self.path)
    }

    /// The addresses that applications ask for: the key of a name, an id, and the address.
    fn addresses(&self) -> [(&'static str, &'static str, String); 8] {
        let Endpoints {
            issuer,
            authorization_endpoint,
            token_endpoint,
            userinfo_endpoint,
            end_session_endpoint,
            jwks_uri,
            ..
        } = self.endpoints.clone();
        [
            ("clients.id", "client-id", self.id.clone()),
            ("clients.issuer", "issuer", issuer),
            ("clients.discovery", "discovery", self.endpoints.discovery()),
            ("clients.authorization", "authorization", authorization_endpoint),
            ("clients.token", "token-endpoint", token_endpoint),
            ("clients.userinfo", "userinfo", userinfo_endpoint),
            ("clients.end_session", "end-session", end_session_endpoint),
            ("clients.jwks", "jwks", jwks_uri),
        ]
    }
}

/// Offers recipes, and a form for who has none.
#[derive(Debug, askama::Template)]
#[template(path = "settings/client_new.html")]
pub struct NewClientPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub recipes: Vec<RecipeCard>,
}

/// A recipe to choose.
#[derive(Debug, Clone)]
pub struct RecipeCard {
    pub name: String,
    pub title: String,
}

/// Registers a client by a recipe.
#[derive(Debug, askama::Template)]
#[template(path = "settings/client_by_recipe.html")]
pub struct RecipePage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub recipe: RecipeCard,
    pub documentation: String,
    /// All groups, to restrict the client to.
    pub picks: Vec<Pick>,
}

/// Shows one API, or the form for a new one.
#[derive(Debug, askama::Template)]
#[template(path = "settings/api.html")]
pub struct ApiPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub tabs: Vec<Tab>,
    pub tab: ApiTab,
    /// Its id; none for a new one.
    pub id: Option<String>,
    pub name: String,
    pub resource: String,
}

/// The content of a tab.
#[derive(Debug)]
pub enum ApiTab {
    General,
    Permissions(Vec<PermissionRow>),
    Clients(Box<PageTable>),
    /// Whether clients with a metadata document may use it, and which permissions they may have.
    Metadata {
        is_open: bool,
        picks: Vec<Pick>,
    },
}

/// A permission of an API.
#[derive(Debug)]
pub struct PermissionRow {
    pub key: String,
    pub name: String,
    pub description: String,
}

impl ApiPage {
    /// The path of the API in the REST API.
    fn api(&self) -> String {
        format!("/api/apis/{}", self.id.as_deref().unwrap_or_default())
    }
}
