//! The options of `client update` that change the client.

use std::{collections::BTreeSet, path::PathBuf};

use super::{
    super::{
        clearable::Clearable,
        error::CliError,
        logo,
        ttl::{self, Ttl},
    },
    keys::KeyOptions,
    sections::{ADDRESSES, APPLICATION, CLIENT, SIGN_IN, TOKENS},
    urls::parse_url_or_none,
};
use crate::{
    crypto::Algorithm,
    model::{
        Client, ClientDescription, ClientKeys, ClientName, ClientType, GroupId, Image,
        SecurityProfile, redirect_uri::RedirectUriPattern,
    },
    operations::{
        Change,
        clients::{ClientChange, WithoutCallback},
    },
};

// No doc comment: clap would take it for the help of the command.
#[derive(Debug, Clone, clap::Args)]
#[command(
    group = clap::ArgGroup::new("change").required(true).multiple(true).args([
        "name", "redirect_uris", "added_redirect_uris", "post_logout_redirect_uris", "backchannel_logout", "confidential",
        "public", "jwks", "no_jwks", "federated", "no_federated", "pkce", "no_pkce", "require_par",
        "no_require_par", "dpop", "no_dpop", "mtls", "no_mtls", "tls_subject", "tls_ca", "tls_self_signed", "no_tls_subject", "profile", "skip_consent", "no_skip_consent", "require_reauthentication",
        "no_require_reauthentication", "max_session_age", "no_max_session_age", "access_token_ttl", "refresh_token_ttl", "groups", "no_group",
        "id_token_alg", "userinfo_alg", "launch_url", "description", "logo", "no_logo",
    ])
)]
pub struct ChangeOptions {
    /// Another name, shown to people when they sign in
    #[arg(long, value_name = "NAME", help_heading = APPLICATION)]
    name: Option<ClientName>,
    /// Allow this callback URL, which may have * in it; repeat for several
    #[arg(long = "callback", value_name = "URL", help_heading = ADDRESSES)]
    redirect_uris: Vec<Clearable<RedirectUriPattern>>,
    /// Allow this callback URL beside those that are allowed already; repeat for several
    #[arg(long = "add-callback", value_name = "URL", conflicts_with = "redirect_uris", help_heading = ADDRESSES)]
    added_redirect_uris: Vec<RedirectUriPattern>,
    /// Let people be sent back to this URL once they have signed out; repeat for several
    #[arg(long = "logout-callback", value_name = "URL", help_heading = ADDRESSES)]
    post_logout_redirect_uris: Vec<Clearable<RedirectUriPattern>>,
    /// Tell the application here when a session of its user has ended (back-channel logout)
    #[arg(long, value_name = "URL", value_parser = parse_url_or_none, help_heading = ADDRESSES)]
    backchannel_logout: Option<Clearable<String>>,
    /// Make it a client that can keep a secret
    #[arg(long, help_heading = CLIENT)]
    confidential: bool,
    /// Make it a public client, such as a native app: no secret, PKCE always
    #[arg(long, conflicts_with = "confidential", help_heading = CLIENT)]
    public: bool,
    #[command(flatten)]
    keys: KeyOptions,
    /// Remove its JWK Set
    #[arg(long, conflicts_with = "jwks", help_heading = CLIENT)]
    no_jwks: bool,
    /// Remove its federated issuers
    #[arg(long, conflicts_with = "federated", help_heading = CLIENT)]
    no_federated: bool,
    /// Remove the subject and the authorities of its TLS certificates
    #[arg(long, conflicts_with_all = ["tls_subject", "tls_self_signed"], help_heading = CLIENT)]
    no_tls_subject: bool,
    /// Demand PKCE
    #[arg(long, help_heading = CLIENT)]
    pkce: bool,
    /// Make PKCE optional
    #[arg(long, conflicts_with = "pkce", help_heading = CLIENT)]
    no_pkce: bool,
    /// Demand that it pushes its authorization requests (RFC 9126)
    #[arg(long, help_heading = CLIENT)]
    require_par: bool,
    /// Make pushed authorization requests optional
    #[arg(long, conflicts_with = "require_par", help_heading = CLIENT)]
    no_require_par: bool,
    /// Give it only tokens that are bound to a key of its own (DPoP, RFC 9449)
    #[arg(long, help_heading = CLIENT)]
    dpop: bool,
    /// Let it choose whether its tokens are bound
    #[arg(long, conflicts_with = "dpop", help_heading = CLIENT)]
    no_dpop: bool,
    /// Give it only tokens that are bound to its TLS certificate (mutual TLS, RFC 8705)
    #[arg(long, help_heading = CLIENT)]
    mtls: bool,
    /// Give it tokens without a TLS certificate
    #[arg(long, conflicts_with = "mtls", help_heading = CLIENT)]
    no_mtls: bool,
    /// Hold it to a security profile: fapi2 (FAPI 2.0 Security Profile); empty for none
    #[arg(long, value_name = "PROFILE", help_heading = CLIENT)]
    profile: Option<Clearable<SecurityProfile>>,
    /// Do not ask people whether the application may know who they are
    #[arg(long, help_heading = SIGN_IN)]
    skip_consent: bool,
    /// Ask people whether the application may know who they are
    #[arg(long, conflicts_with = "skip_consent", help_heading = SIGN_IN)]
    no_skip_consent: bool,
    /// Ask for the passkey again with every sign-in
    #[arg(long, help_heading = SIGN_IN)]
    require_reauthentication: bool,
    /// Accept a browser that is signed in, without the passkey
    #[arg(long, conflicts_with = "require_reauthentication", help_heading = SIGN_IN)]
    no_require_reauthentication: bool,
    /// Ask for the passkey again when the last sign-in is older, and end its tokens then: from 5m to 365d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_session, help_heading = SIGN_IN)]
    max_session_age: Option<Ttl>,
    /// Accept a sign-in of any age
    #[arg(long, conflicts_with = "max_session_age", help_heading = SIGN_IN)]
    no_max_session_age: bool,
    /// How long its access tokens live, from 1m to 365d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token, help_heading = TOKENS)]
    access_token_ttl: Option<Ttl>,
    /// How long its refresh tokens live after each use, from 1m to 365d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token, help_heading = TOKENS)]
    refresh_token_ttl: Option<Ttl>,
    /// Let only members of this group sign in; repeat for several
    #[arg(long = "group", value_name = "GROUP", help_heading = SIGN_IN)]
    groups: Vec<String>,
    /// Let everybody sign in
    #[arg(long, conflicts_with = "groups", help_heading = SIGN_IN)]
    no_group: bool,
    /// Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA
    #[arg(long, value_name = "ALG", help_heading = TOKENS)]
    id_token_alg: Option<Algorithm>,
    /// Sign its UserInfo responses with this algorithm; empty for plain JSON
    #[arg(long, value_name = "ALG", help_heading = TOKENS)]
    userinfo_alg: Option<Clearable<Algorithm>>,
    /// Front page of the application
    #[arg(long, value_name = "URL", value_parser = parse_url_or_none, help_heading = APPLICATION)]
    launch_url: Option<Clearable<String>>,
    /// Description, in a sentence; empty for none
    #[arg(long, value_name = "TEXT", help_heading = APPLICATION)]
    description: Option<Clearable<ClientDescription>>,
    /// Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB
    #[arg(long, value_name = "FILE", help_heading = APPLICATION)]
    logo: Option<PathBuf>,
    /// Take its logo away
    #[arg(long, conflicts_with = "logo", help_heading = APPLICATION)]
    no_logo: bool,
}

/// The inputs that are read from files.
#[derive(Debug, Clone)]
pub struct Files {
    keys: ClientKeys,
    logo: Option<Image>,
}

impl ChangeOptions {
    /// The callback URLs that are given.
    pub fn new_redirect_uris(&self) -> Vec<RedirectUriPattern> {
        [listed(&self.redirect_uris), self.added_redirect_uris.clone()].concat()
    }

    /// The groups that are given, by name or id.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Reads the keys and the logo.
    pub fn read_files(&self) -> Result<Files, CliError> {
        Ok(Files {
            keys: self.keys.clone().read()?,
            logo: self.logo.as_deref().map(logo::read).transpose()?,
        })
    }

    /// Refuses options that a security profile leaves no choice about. In an update of the REST API they stand for what
    /// the client has without the profile; here somebody asked for them.
    pub fn refuse_contradictions(&self, client: &Client) -> Result<(), CliError> {
        let profile = match &self.profile {
            Some(asked) => asked.0,
            None => client.security_profile,
        };
        let asked = [
            (self.no_pkce, "--no-pkce", "demands PKCE"),
            (self.no_require_par, "--no-require-par", "demands pushed authorization requests"),
        ];
        let contradiction = asked.into_iter().find(|(is_asked, ..)| *is_asked);
        let Some((profile, (_, option, rule))) = profile.zip(contradiction) else { return Ok(()) };
        Err(CliError::usage(format!("{option} contradicts the profile {profile}, which {rule}"))
            .hint(format!("leave {option} out, or take the profile back: --profile ''")))
    }

    /// The change that the options ask for; `groups` are the groups named in them.
    pub fn change(
        &self,
        files: &Files,
        client: &Client,
        groups: BTreeSet<GroupId>,
    ) -> ClientChange {
        let has_groups = self.no_group || !groups.is_empty();
        let logo = files.logo.clone();
        let has_logos = self.no_logo || logo.is_some();
        ClientChange {
            name: self.name.clone().into(),
            description: self.description.clone().map(|text| text.0).into(),
            client_type: self.client_type(),
            redirect_uris: self.redirect_uris(client),
            post_logout_redirect_uris: list(&self.post_logout_redirect_uris),
            backchannel_logout_uri: self.backchannel_logout.clone().map(|url| url.0).into(),
            launch_url: self.launch_url.clone().map(|url| url.0).into(),
            requires_pkce: toggle(self.pkce, self.no_pkce),
            requires_pushed_authorization_requests: toggle(self.require_par, self.no_require_par),
            requires_dpop: toggle(self.dpop, self.no_dpop),
            requires_mtls: toggle(self.mtls, self.no_mtls),
            security_profile: self.profile.clone().map(|profile| profile.0).into(),
            requires_reauthentication: toggle(
                self.require_reauthentication,
                self.no_require_reauthentication,
            ),
            skips_consent: toggle(self.skip_consent, self.no_skip_consent),
            is_group_restricted: if has_groups {
                Change::Set(!groups.is_empty())
            } else {
                Change::Keep
            },
            id_token_signed_response_alg: self.id_token_alg.into(),
            userinfo_signed_response_alg: self.userinfo_alg.clone().map(|alg| alg.0).into(),
            jwks: set_if(self.no_jwks || files.keys.jwks.is_some(), files.keys.jwks.clone()),
            federated_identities: set_if(
                self.no_federated || !files.keys.federated_identities.is_empty(),
                files.keys.federated_identities.clone(),
            ),
            tls_client_auth: set_if(
                self.no_tls_subject || files.keys.tls_client_auth.is_some(),
                files.keys.tls_client_auth.clone(),
            ),
            claim_rules: Change::Keep,
            token_exchanges: Change::Keep,
            is_before_apis: false,
            trusted_issuers: Change::Keep,
            identity_assertions: Change::Keep,
            access_token_seconds: self.access_token_ttl.map(Ttl::seconds).into(),
            refresh_token_seconds: self.refresh_token_ttl.map(Ttl::seconds).into(),
            max_session_age_seconds: set_if(
                self.no_max_session_age || self.max_session_age.is_some(),
                self.max_session_age.map(Ttl::seconds),
            ),
            groups: set_if(has_groups, groups),
            logo: set_if(has_logos, logo),
            // A new logo serves dark backgrounds as well.
            dark_logo: set_if(has_logos, None),
            without_callback: WithoutCallback::Refused,
        }
    }

    fn client_type(&self) -> Change<ClientType> {
        if self.public {
            return Change::Set(ClientType::Public);
        }
        set_if(self.confidential, ClientType::Confidential)
    }

    /// The given callback URLs; with `--add-callback`, the existing ones plus these.
    fn redirect_uris(&self, client: &Client) -> Change<Vec<RedirectUriPattern>> {
        if self.added_redirect_uris.is_empty() {
            return list(&self.redirect_uris);
        }
        let mut all = client.redirect_uris.clone();
        for added in &self.added_redirect_uris {
            if !all.contains(added) {
                all.push(added.clone());
            }
        }
        Change::Set(all)
    }
}

/// The non-empty values of a list option.
fn listed<T: Clone>(given: &[Clearable<T>]) -> Vec<T> {
    given.iter().filter_map(|value| value.0.clone()).collect()
}

fn set_if<T>(is_given: bool, value: T) -> Change<T> {
    if is_given { Change::Set(value) } else { Change::Keep }
}

fn list<T: Clone>(given: &[Clearable<T>]) -> Change<Vec<T>> {
    set_if(!given.is_empty(), listed(given))
}

fn toggle(on: bool, off: bool) -> Change<bool> {
    set_if(on || off, on)
}
