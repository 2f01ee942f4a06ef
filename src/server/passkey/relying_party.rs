//! This provider as a WebAuthn Relying Party. Only this module uses the library.
//!
//! It uses the lower layer of the library. The upper layer always requires user verification,
//! requests unneeded extensions, and could be changed only by editing its private state.

use std::time::Duration;

use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AuthenticationResult, AuthenticationState, Credential, RegistrationState,
        UserVerificationPolicy,
    },
};

use super::{
    answer::{AssertionAnswer, RegistrationAnswer},
    options::{
        Base64Url, CreationOptions, CredentialParameters, Descriptor, Extensions, RequestOptions,
        Rp, Selection, UserEntity,
    },
};
use crate::{
    model::{AppConfig, Passkey, User, passkey::ALGORITHMS},
    settings::Settings,
};

/// How long the browser waits, and a ceremony is valid.
pub(super) const CEREMONY_TIME: Duration = Duration::from_secs(300);

/// This provider, at its URL.
#[derive(Debug)]
pub(in crate::server) struct RelyingParty {
    core: WebauthnCore,
    id: String,
    name: String,
    /// The origins of our pages: our own, and the related ones (WebAuthn L3 §5.11).
    origins: Vec<String>,
}

/// A new ceremony: the options for the browser, and the state to verify its answer.
#[derive(Debug)]
pub(super) struct Begun<O, S> {
    pub(super) options: O,
    pub(super) challenge: Vec<u8>,
    pub(super) state: S,
}

impl RelyingParty {
    /// The provider at its URL. `None` if browsers allow no passkeys there.
    pub(in crate::server) fn new(settings: &Settings, name: &str) -> Option<Self> {
        let (app_url, related) = (&settings.app_url, &settings.well_known);
        let id = app_url.host();
        let urls = std::iter::once(app_url.url()).chain(&related.related_origins).cloned();
        let core = WebauthnCore::new_unsafe_experts_only(
            name,
            id,
            urls.collect(),
            CEREMONY_TIME,
            Some(false),
            Some(false),
        );
        app_url.allows_passkeys().then(|| Self {
            core,
            id: id.to_owned(),
            name: name.to_owned(),
            origins: std::iter::once(app_url.as_str().to_owned())
                .chain(related.origins())
                .collect(),
        })
    }

    /// Begins to register a passkey for a user with these existing ones.
    pub(super) fn begin_registration(
        &self,
        user: &User,
        existing: Vec<Passkey>,
        config: &AppConfig,
    ) -> Result<Begun<CreationOptions, RegistrationState>, WebauthnError> {
        // Pocket ID has always stored the text form in authenticators.
        let handle = user.id.to_string().into_bytes();
        let (name, display_name) = (user.username.as_str(), user.shown_name());
        let ids = existing.iter().map(|passkey| passkey.credential_id.clone()).collect();
        let builder = self
            .core
            .new_challenge_register_builder(&handle, name, &display_name)?
            .credential_algorithms(ALGORITHMS.to_vec())
            .exclude_credentials(Some(ids))
            .require_resident_key(true)
            .user_verification_policy(policy(config));
        let (asked, state) = self.core.generate_challenge_register(builder)?;
        let challenge = asked.public_key.challenge;
        let excluded = existing.into_iter();
        let options = CreationOptions {
            rp: Rp { name: self.name.clone(), id: self.id.clone() },
            user: UserEntity { name: name.to_owned(), display_name, id: Base64Url(handle) },
            challenge: Base64Url(challenge.clone()),
            pub_key_cred_params: CredentialParameters::all(),
            timeout: timeout(),
            exclude_credentials: excluded
                .map(|passkey| Descriptor::new(passkey.credential_id, passkey.transports))
                .collect(),
            authenticator_selection: Selection::new(
                config.authenticator_attachment(),
                user_verification(config),
            ),
            extensions: Extensions::default(),
        };
        Ok(Begun { options, challenge, state })
    }

    /// Begins a sign-in. The passkey will identify the user.
    pub(super) fn begin_authentication(
        &self,
        config: &AppConfig,
    ) -> Result<Begun<RequestOptions, AuthenticationState>, WebauthnError> {
        let builder =
            self.core.new_challenge_authenticate_builder(Vec::new(), Some(policy(config)))?;
        let (asked, state) = self.core.generate_challenge_authenticate(builder)?;
        let challenge = asked.public_key.challenge;
        let options = RequestOptions {
            challenge: Base64Url(challenge.clone()),
            timeout: timeout(),
            rp_id: self.id.clone(),
            user_verification: user_verification(config),
        };
        Ok(Begun { options, challenge, state })
    }

    /// Verifies a new credential (WebAuthn L3 §7.1).
    pub(super) fn verify_registration(
        &self,
        answer: &RegistrationAnswer,
        state: &RegistrationState,
    ) -> Result<Credential, WebauthnError> {
        if !answer.client_data.is_of_own_page(&self.origins) {
            return Err(WebauthnError::CredentialCrossOrigin);
        }
        self.core.register_credential(&answer.for_library(), state, None)
    }

    /// Verifies the use of a credential (WebAuthn L3 §7.2).
    pub(super) fn verify_assertion(
        &self,
        answer: &AssertionAnswer,
        state: &AuthenticationState,
        credential: &Credential,
    ) -> Result<AuthenticationResult, WebauthnError> {
        if !answer.client_data.is_of_own_page(&self.origins) {
            return Err(WebauthnError::CredentialCrossOrigin);
        }
        self.core.authenticate_single_credential(&answer.for_library(), state, credential)
    }
}

fn policy(config: &AppConfig) -> UserVerificationPolicy {
    if config.requires_user_verification() {
        UserVerificationPolicy::Required
    } else {
        UserVerificationPolicy::Preferred
    }
}

fn user_verification(config: &AppConfig) -> &'static str {
    if config.requires_user_verification() { "required" } else { "preferred" }
}

fn timeout() -> u32 {
    u32::try_from(CEREMONY_TIME.as_millis()).unwrap_or(u32::MAX)
}
