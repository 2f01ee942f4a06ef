//! Clients that register themselves (RFC 7591), and clients that an administrator has to approve.

use super::{
    Client, ClientId, ClientName, ClientType, GrantType, RegistrationTokenId, Timestamp, Username,
    redirect_uri::RedirectUriPattern, text::text_type,
};
use crate::crypto::{Algorithm, BearerToken, JwkSet, Rng};

text_type!(
    /// The name of an initial access token: usually that of the program that has it.
    RegistrationTokenName, 2, 50
);

/// How a client authenticates (RFC 7591 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// A public client.
    None,
    /// A secret in the header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
    /// Assertions signed with its own keys.
    PrivateKeyJwt,
}

impl AuthMethod {
    /// Every method.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Reads the value on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Whether it needs a secret.
    pub fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// The kind of an application, which decides its redirect URIs (OIDC Dynamic Client Registration §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationType {
    /// An application on the user's machine.
    Native,
    /// An application on a server.
    Web,
}

impl ApplicationType {
    /// The value on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Web => "web",
        }
    }

    /// Reads the value on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Native, Self::Web].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The metadata with which a client registered itself, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredMetadata {
    /// The name that people are shown.
    pub name: ClientName,
    /// Where answers may be sent.
    pub redirect_uris: Vec<RedirectUriPattern>,
    /// Where people may be sent after a logout.
    pub post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// How it authenticates.
    pub auth_method: AuthMethod,
    /// What it may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// What kind of application it is.
    pub application_type: ApplicationType,
    /// The scope that it asked for, without those that it cannot have.
    pub scope: Option<String>,
    /// Its keys.
    pub jwks: Option<JwkSet>,
    /// The algorithm of its ID tokens.
    pub id_token_signed_response_alg: Algorithm,
    /// Whether it must push its requests.
    pub requires_pushed_authorization_requests: bool,
}

impl RegisteredMetadata {
    /// Whether the client is public.
    pub fn client_type(&self) -> ClientType {
        match self.auth_method {
            AuthMethod::None => ClientType::Public,
            _ => ClientType::Confidential,
        }
    }

    /// Describes a client by it. Everything else stays as it is: it belongs to administrators.
    pub fn apply(&self, client: &mut Client) {
        client.name = self.name.clone();
        client.client_type = self.client_type();
        client.redirect_uris.clone_from(&self.redirect_uris);
        client.post_logout_redirect_uris.clone_from(&self.post_logout_redirect_uris);
        client.grant_types = Some(self.grant_types.clone());
        client.keys.jwks.clone_from(&self.jwks);
        client.id_token_signed_response_alg = self.id_token_signed_response_alg;
        client.requires_pushed_authorization_requests = self.requires_pushed_authorization_requests;
        client.requires_pkce = true;
        client.skips_consent = false;
    }
}

/// The state of a client that registered itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// It may sign people in.
    Approved,
    /// It can do nothing until an administrator approves it.
    Pending,
}

impl Registration {
    /// The name in the database and in the REST API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Approved, Self::Pending].into_iter().find(|state| state.as_str() == text)
    }
}

/// Who may register clients (`dynamicClientRegistration`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationPolicy {
    /// Everyone, but an administrator has to approve the client. With an initial access token it needs
    /// no approval.
    Approval,
    /// Only administrators.
    Off,
    /// Programs with an initial access token.
    Token,
}

/// An initial access token (RFC 7591 §1.2) without its secret.
#[derive(Debug, Clone)]
pub struct RegistrationToken {
    /// Its id.
    pub id: RegistrationTokenId,
    /// Its unique name.
    pub name: RegistrationTokenName,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; never when absent.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl RegistrationToken {
    /// The most tokens, including expired ones.
    pub const MAX: usize = 100;

    /// Shows the kind of a leaked token.
    const PREFIX: &'static str = "pocket_id_reg_";

    /// Generates a bearer value. Only its digest is stored.
    pub fn draw(id: RegistrationTokenId, rng: &dyn Rng) -> BearerToken {
        BearerToken::generate(Self::PREFIX, id.0, rng)
    }

    /// Reads a presented bearer value; `None` when it cannot be one of ours.
    pub fn parse(text: &str) -> Option<BearerToken> {
        BearerToken::parse(Self::PREFIX, text)
    }

    /// Whether it has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}

/// A client that waits for an administrator.
#[derive(Debug, Clone)]
pub struct ClientRequest {
    /// Its id: one of ours, or the address of its metadata document, which was not fetched.
    pub id: ClientId,
    /// The name that it gave itself.
    pub name: Option<ClientName>,
    /// Where it wants answers to be sent.
    pub redirect_uris: Vec<String>,
    /// Where it was registered from.
    pub ip_address: Option<String>,
    /// Who signed in with it first.
    pub username: Option<Username>,
    /// When.
    pub requested_at: Timestamp,
}
