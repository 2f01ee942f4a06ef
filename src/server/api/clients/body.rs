//! The body of `POST` and `PUT`: its fields and their validation.

use std::collections::BTreeSet;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::super::federated_identity::FederatedIdentityBody;
use crate::{
    crypto::{Algorithm, JwkSet},
    model::{
        AssertionRule, Client, ClientDescription, ClientId, ClientName, ClientType, ExchangeRule,
        FederatedIdentity, SecurityProfile, TlsClientAuth, TrustedIssuer, parse_new_jwks,
        redirect_uri::RedirectUriPattern,
        text::{TextError, is_web_address},
    },
    operations::{
        Change,
        clients::{AssertionsDraft, ClientChange, ClientDraft, TrustDraft, WithoutCallback},
    },
    server::http::{ApiError, api_error::FieldError},
};

/// The maximum number of callback URLs, and of federated identities.
const MAX_LIST: usize = 256;
/// The lifetimes that tokens may have, in minutes (Pocket ID 2.14).
const MINUTES: std::ops::RangeInclusive<i64> = 1..=525_600;
const DEFAULT_ACCESS_TOKEN_MINUTES: i64 = 60;
const DEFAULT_REFRESH_TOKEN_MINUTES: i64 = 43_200;

/// The wanted settings of a client (Pocket ID 2.14). Optional fields are our own, and keep
/// their value if absent: programs written for Pocket ID do not know them.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["name"])))]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ClientBody {
    id: String,
    name: String,
    description: String,
    #[serde(rename = "callbackURLs")]
    callback_urls: Vec<String>,
    #[serde(rename = "logoutCallbackURLs")]
    logout_callback_urls: Vec<String>,
    is_public: bool,
    pkce_enabled: bool,
    requires_reauthentication: bool,
    requires_pushed_authorization_requests: bool,
    skip_consent: bool,
    credentials: Credentials,
    #[serde(rename = "launchURL")]
    launch_url: String,
    /// The URL that the logo is downloaded from.
    pub(super) logo_url: String,
    /// The URL that the logo for dark backgrounds is downloaded from.
    pub(super) dark_logo_url: String,
    is_group_restricted: bool,
    access_token_duration_minutes: i64,
    refresh_token_duration_minutes: i64,
    backchannel_logout_uri: Option<String>,
    id_token_signed_response_alg: Option<String>,
    /// Whether all its tokens are bound to a key (RFC 9449 §5.2).
    dpop_bound_access_tokens: Option<bool>,
    /// Whether all its tokens are bound to its TLS certificate (RFC 8705 §3.4).
    tls_client_certificate_bound_access_tokens: Option<bool>,
    /// `fapi2` for the FAPI 2.0 Security Profile; empty for none.
    security_profile: Option<String>,
    /// The algorithm that UserInfo responses are signed with; empty for plain JSON.
    userinfo_signed_response_alg: Option<String>,
    /// How old a sign-in may be, from 5 minutes to a year; 0 for any age. After that its tokens end, and its users are
    /// asked for the passkey again.
    max_session_age_minutes: Option<i64>,
    /// The tokens that it may exchange (RFC 8693).
    #[cfg_attr(test, schemars(with = "Option<Vec<ExchangeRule>>"))]
    token_exchanges: Option<Vec<Value>>,
    /// The issuers whose identity assertions say for which users it gets tokens.
    #[cfg_attr(test, schemars(with = "Option<Vec<TrustedIssuer>>"))]
    trusted_issuers: Option<Vec<Value>>,
    /// The authorization servers elsewhere for which it gets assertions about its users (ID-JAG).
    #[cfg_attr(test, schemars(with = "Option<Vec<AssertionRule>>"))]
    identity_assertions: Option<Vec<Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
struct Credentials {
    federated_identities: Vec<FederatedIdentityBody>,
    /// An addition to Pocket ID. Keys stay if it is absent; an empty set or `{}` removes them.
    #[cfg_attr(test, schemars(with = "Option<JwkSet>"))]
    jwks: Option<Value>,
    /// An addition to Pocket ID: the name and the authorities of its TLS certificates. They stay if
    /// it is absent; an object of empty texts removes them.
    #[cfg_attr(test, schemars(with = "Option<TlsClientAuth>"))]
    tls_client_auth: Option<Value>,
}

/// All faults of a body, collected so that they are reported at once.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    /// Returns the value of a field, or records the fault.
    fn value<T>(&mut self, field: impl Into<String>, read: Result<T, TextError>) -> Option<T> {
        read.map_err(|error| self.0.push(FieldError::of(field.into(), error))).ok()
    }

    fn patterns(&mut self, field: &str, texts: &[String]) -> Vec<RedirectUriPattern> {
        self.value(field, refuse_long(texts));
        let mut patterns = Vec::new();
        for (index, text) in texts.iter().take(MAX_LIST).enumerate() {
            let read = text.parse().map_err(|_| invalid("callback_url_pattern"));
            patterns.extend(self.value(format!("{field}[{index}]"), read));
        }
        patterns
    }

    fn seconds(&mut self, field: &str, minutes: i64, default: i64) -> i64 {
        let minutes = if minutes == 0 { default } else { minutes };
        let is_right = MINUTES.contains(&minutes);
        let read = is_right.then(|| minutes * 60).ok_or_else(|| invalid("token_duration"));
        self.value(field, read).unwrap_or_default()
    }

    fn url(&mut self, field: &str, text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let is_right = is_web_address(text);
        let read = is_right.then(|| text.to_owned()).ok_or_else(not_a_url);
        self.value(field, read)
    }

    fn federated(&mut self, given: &[FederatedIdentityBody]) -> Vec<FederatedIdentity> {
        self.value("federatedIdentities", refuse_long(given));
        let mut identities = Vec::new();
        for (index, one) in given.iter().take(MAX_LIST).enumerate() {
            let identity = one.identity();
            let read = if identity.is_plausible() { Ok(identity) } else { Err(not_a_url()) };
            identities.extend(self.value(format!("federatedIdentities[{index}].issuer"), read));
        }
        identities
    }

    fn jwks(&mut self, given: Option<&Value>) -> Change<Option<JwkSet>> {
        let read = |json: &Value| match json {
            // A client was always without keys after this.
            Value::Object(members) if members.is_empty() => Ok(None),
            json => parse_new_jwks(json).map_err(TextError::format),
        };
        given.and_then(|json| self.value("jwks", read(json))).into()
    }

    /// The entries of a list; a list that is left out stays.
    fn entries<T: DeserializeOwned>(
        &mut self,
        field: &str,
        given: Option<&Vec<Value>>,
    ) -> Change<Vec<T>> {
        let Some(given) = given else { return Change::Keep };
        self.value(field, refuse_long(given));
        let mut entries = Vec::new();
        for (index, json) in given.iter().take(MAX_LIST).enumerate() {
            let read = T::deserialize(json);
            let read = read.map_err(|error| TextError::format(error.to_string()));
            entries.extend(self.value(format!("{field}[{index}]"), read));
        }
        Change::Set(entries)
    }

    fn tls_client_auth(&mut self, given: Option<&Value>) -> Change<Option<TlsClientAuth>> {
        let read = given.map(TlsClientAuth::parse_new);
        read.and_then(|read| self.value("tlsClientAuth", read)).into()
    }

    fn algorithm(&mut self, given: Option<&String>) -> Change<Algorithm> {
        let Some(name) = given else { return Change::Keep };
        let read = Algorithm::parse(name).ok_or_else(|| invalid("oneof"));
        self.value("idTokenSignedResponseAlg", read).into()
    }

    fn userinfo_algorithm(&mut self, given: Option<&String>) -> Change<Option<Algorithm>> {
        match given.map(String::as_str) {
            None => Change::Keep,
            Some("") => Change::Set(None),
            Some(name) => {
                let read = Algorithm::parse(name).ok_or_else(|| invalid("oneof"));
                self.value("userinfoSignedResponseAlg", read).map(Some).into()
            }
        }
    }

    fn profile(&mut self, given: Option<&String>) -> Change<Option<SecurityProfile>> {
        match given.map(String::as_str) {
            None => Change::Keep,
            Some("") => Change::Set(None),
            Some(name) => {
                let read = name.parse().map_err(|_| invalid("oneof"));
                self.value("securityProfile", read).map(Some).into()
            }
        }
    }

    /// Absent and null are the same in a body, so there is a number for no longest age.
    fn session_age(&mut self, given: Option<i64>) -> Change<Option<i64>> {
        match given {
            None => Change::Keep,
            Some(0) => Change::Set(None),
            Some(minutes) => {
                let is_right = Client::SESSION_AGE_MINUTES.contains(&minutes);
                let read = is_right.then(|| minutes * 60).ok_or_else(|| invalid("session_age"));
                self.value("maxSessionAgeMinutes", read).map(Some).into()
            }
        }
    }

    fn refuse(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::validation(self.0)) }
    }
}

impl ClientBody {
    /// Validates the body of a new client of this issuer.
    pub(super) fn draft(&self, issuer: &str) -> Result<ClientDraft, ApiError> {
        let mut faults = Faults::default();
        let name = faults.value("name", self.name.parse::<ClientName>());
        let settings = self.read(&mut faults, name.clone(), issuer);
        let id = match self.id.as_str() {
            "" => None,
            id => faults.value("id", ClientId::from_chosen(id).map_err(wrong_id)),
        };
        faults.refuse()?;
        let name = name.ok_or_else(|| ApiError::internal("a body without a name was accepted"))?;
        Ok(ClientDraft { id, name, has_secret: false, settings })
    }

    /// Validates the body of an update at this issuer.
    pub(super) fn change(&self, issuer: &str) -> Result<ClientChange, ApiError> {
        let mut faults = Faults::default();
        let name = faults.value("name", self.name.parse());
        let mut change = self.read(&mut faults, name, issuer);
        faults.refuse()?;
        if !self.is_group_restricted {
            change.groups = Change::Set(BTreeSet::new());
        }
        Ok(change)
    }

    fn read(&self, faults: &mut Faults, name: Option<ClientName>, issuer: &str) -> ClientChange {
        let client_type =
            if self.is_public { ClientType::Public } else { ClientType::Confidential };
        let set_url = |faults: &mut Faults, field: &str, text: &Option<String>| match text {
            None => Change::Keep,
            Some(text) => Change::Set(faults.url(field, text)),
        };
        ClientChange {
            name: name.into(),
            description: Change::Set(self.description(faults)),
            client_type: Change::Set(client_type),
            redirect_uris: Change::Set(faults.patterns("callbackURLs", &self.callback_urls)),
            post_logout_redirect_uris: Change::Set(
                faults.patterns("logoutCallbackURLs", &self.logout_callback_urls),
            ),
            requires_pkce: Change::Set(self.pkce_enabled || self.is_public),
            requires_reauthentication: Change::Set(self.requires_reauthentication),
            requires_pushed_authorization_requests: Change::Set(
                self.requires_pushed_authorization_requests,
            ),
            requires_dpop: self.dpop_bound_access_tokens.into(),
            requires_mtls: self.tls_client_certificate_bound_access_tokens.into(),
            security_profile: faults.profile(self.security_profile.as_ref()),
            skips_consent: Change::Set(self.skip_consent),
            federated_identities: Change::Set(
                faults.federated(&self.credentials.federated_identities),
            ),
            jwks: faults.jwks(self.credentials.jwks.as_ref()),
            tls_client_auth: faults.tls_client_auth(self.credentials.tls_client_auth.as_ref()),
            launch_url: Change::Set(faults.url("launchURL", &self.launch_url)),
            is_group_restricted: Change::Set(self.is_group_restricted),
            access_token_seconds: Change::Set(faults.seconds(
                "accessTokenDurationMinutes",
                self.access_token_duration_minutes,
                DEFAULT_ACCESS_TOKEN_MINUTES,
            )),
            refresh_token_seconds: Change::Set(faults.seconds(
                "refreshTokenDurationMinutes",
                self.refresh_token_duration_minutes,
                DEFAULT_REFRESH_TOKEN_MINUTES,
            )),
            max_session_age_seconds: faults.session_age(self.max_session_age_minutes),
            backchannel_logout_uri: set_url(
                faults,
                "backchannelLogoutUri",
                &self.backchannel_logout_uri,
            ),
            id_token_signed_response_alg: faults
                .algorithm(self.id_token_signed_response_alg.as_ref()),
            userinfo_signed_response_alg: faults
                .userinfo_algorithm(self.userinfo_signed_response_alg.as_ref()),
            token_exchanges: faults
                .entries::<ExchangeRule>("tokenExchanges", self.token_exchanges.as_ref()),
            trusted_issuers: self.trust(faults, issuer),
            identity_assertions: self.assertions(faults, issuer),
            without_callback: WithoutCallback::Allowed,
            ..ClientChange::default()
        }
    }

    fn assertions(&self, faults: &mut Faults, issuer: &str) -> Change<AssertionsDraft> {
        let given = self.identity_assertions.as_ref();
        let rules = faults.entries::<AssertionRule>("identityAssertions", given);
        rules.map(|rules| AssertionsDraft { rules, issuer: issuer.to_owned() })
    }

    fn trust(&self, faults: &mut Faults, issuer: &str) -> Change<TrustDraft> {
        let given = self.trusted_issuers.as_ref();
        let issuers = faults.entries::<TrustedIssuer>("trustedIssuers", given);
        issuers.map(|issuers| TrustDraft { issuers, issuer: issuer.to_owned() })
    }

    fn description(&self, faults: &mut Faults) -> Option<ClientDescription> {
        match self.description.as_str() {
            "" => None,
            text => faults.value("description", text.parse()),
        }
    }
}

fn refuse_long<T>(list: &[T]) -> Result<(), TextError> {
    if list.len() <= MAX_LIST {
        return Ok(());
    }
    let message = format!("must have at most {MAX_LIST} values");
    Err(TextError { code: "too_long", message })
}

/// Reports invalid characters with the code of Pocket ID's rule; other faults keep their code.
fn wrong_id(error: TextError) -> TextError {
    if error.code == "invalid_format" { invalid("client_id") } else { error }
}

fn invalid(code: &'static str) -> TextError {
    TextError { code, message: "is invalid".into() }
}

fn not_a_url() -> TextError {
    TextError::format("must be a valid URL")
}
