//! `pocketid client update`

use std::path::PathBuf;

use serde_json::Value;

use super::{
    super::{
        clearable::Clearable,
        context::Context,
        error::CliError,
        logo,
        names::{find_client, find_groups},
        ttl::{self, Ttl},
    },
    changes,
    create::{parse_url, warn_of_insecure},
    keys::KeyOptions,
    show::{Frame, Shown},
};
use crate::{
    crypto::Algorithm,
    model::{
        AuditEvent, Client, ClientDescription, ClientKeys, ClientName, ClientType, EventKind,
        Image, Theme, redirect_uri::RedirectUriPattern, view::ClientView,
    },
    store::{Tx, audit_events, client_changes, images},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client update linkding --callback https://links.example.com/oidc/callback/
  pocketid client update linkding --add-callback https://links.lan/oidc/callback/
  pocketid client update linkding --group family --group friends
  pocketid client update linkding --no-group --launch-url \"\"
  pocketid client update grafana --skip-consent --access-token-ttl 10m

A list that is given takes the place of the old one. An empty value takes away what was set.";

/// Change a client
///
/// What is not given stays as it is. It holds from the next sign-in or token on. A client that becomes
/// public loses its secrets.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("change").required(true).multiple(true).args([
        "name", "redirect_uris", "added_redirect_uris", "post_logout_redirect_uris", "backchannel_logout", "confidential",
        "public", "jwks", "no_jwks", "federated", "no_federated", "pkce", "no_pkce", "require_par",
        "no_require_par", "skip_consent", "no_skip_consent", "require_reauthentication",
        "no_require_reauthentication", "access_token_ttl", "refresh_token_ttl", "groups", "no_group",
        "id_token_alg", "launch_url", "description", "logo", "no_logo",
    ])
)]
pub struct Update {
    /// Client ID, or the name when only one client has it
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Another name, shown to people when they sign in
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<ClientName>,
    /// Allow this callback URL, which may have * in it; repeat for several
    #[arg(long = "callback", value_name = "URL")]
    pub(super) redirect_uris: Vec<Clearable<RedirectUriPattern>>,
    /// Allow this callback URL beside those that are allowed already; repeat for several
    #[arg(long = "add-callback", value_name = "URL", conflicts_with = "redirect_uris")]
    pub(super) added_redirect_uris: Vec<RedirectUriPattern>,
    /// Let people be sent back to this URL once they have signed out; repeat for several
    #[arg(long = "logout-callback", value_name = "URL")]
    pub(super) post_logout_redirect_uris: Vec<Clearable<RedirectUriPattern>>,
    /// Tell the application here when a session of its user has ended (back-channel logout)
    #[arg(long, value_name = "URL", value_parser = parse_url_or_none)]
    pub(super) backchannel_logout: Option<Clearable<String>>,
    /// Make it a client that can keep a secret
    #[arg(long)]
    pub(super) confidential: bool,
    /// Make it a public client, such as a native app: no secret, PKCE always
    #[arg(long, conflicts_with = "confidential")]
    pub(super) public: bool,
    #[command(flatten)]
    keys: KeyOptions,
    /// Let it prove itself with keys of its own no more
    #[arg(long, conflicts_with = "jwks")]
    pub(super) no_jwks: bool,
    /// Let tokens of no other issuer stand for it
    #[arg(long, conflicts_with = "federated")]
    pub(super) no_federated: bool,
    /// Demand PKCE
    #[arg(long)]
    pub(super) pkce: bool,
    /// Let it do without PKCE
    #[arg(long, conflicts_with = "pkce")]
    pub(super) no_pkce: bool,
    /// Demand that it pushes its authorization requests (RFC 9126)
    #[arg(long)]
    pub(super) require_par: bool,
    /// Let it send its authorization requests as it likes
    #[arg(long, conflicts_with = "require_par")]
    pub(super) no_require_par: bool,
    /// Do not ask people whether the application may know who they are
    #[arg(long)]
    pub(super) skip_consent: bool,
    /// Ask them
    #[arg(long, conflicts_with = "skip_consent")]
    pub(super) no_skip_consent: bool,
    /// Ask for the passkey again with every sign-in
    #[arg(long)]
    pub(super) require_reauthentication: bool,
    /// Let a browser that is signed in do
    #[arg(long, conflicts_with = "require_reauthentication")]
    pub(super) no_require_reauthentication: bool,
    /// How long its access tokens live, from 1m to 365d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token)]
    pub(super) access_token_ttl: Option<Ttl>,
    /// How long its refresh tokens live after each use, from 1m to 365d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_token)]
    pub(super) refresh_token_ttl: Option<Ttl>,
    /// Let only members of this group sign in; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Let everybody sign in
    #[arg(long, conflicts_with = "groups")]
    no_group: bool,
    /// Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA
    #[arg(long, value_name = "ALG")]
    pub(super) id_token_alg: Option<Algorithm>,
    /// Front page of the application
    #[arg(long, value_name = "URL", value_parser = parse_url_or_none)]
    pub(super) launch_url: Option<Clearable<String>>,
    /// What it is, in a sentence; empty for none
    #[arg(long, value_name = "TEXT")]
    pub(super) description: Option<Clearable<ClientDescription>>,
    /// Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// Take its logo away
    #[arg(long, conflicts_with = "logo")]
    no_logo: bool,
}

/// What has to be read from files first.
#[derive(Debug, Clone)]
struct Files {
    keys: ClientKeys,
    logo: Option<Image>,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        warn_of_insecure(ctx, &changes::listed(&self.redirect_uris))?;
        warn_of_insecure(ctx, &self.added_redirect_uris)?;
        let files = Files {
            keys: self.keys.clone().read()?,
            logo: self.logo.as_deref().map(logo::read).transpose()?,
        };
        let frame = Frame::new(ctx)?;
        let event = ctx.event(EventKind::ClientChanged, None, []);
        let shown = ctx.existing_store()?.write_blocking(move |tx| {
            let old = find_client(tx, &self.client)?;
            let before = frame.clone().load(tx, old.clone())?;
            let mut client = old.clone();
            changes::apply(&self, &files.keys, &mut client)?;
            self.store(tx, &files, &old, &mut client)?;
            let after = frame.clone().load(tx, client)?;
            self.note(tx, event.clone(), (&before, &after))?;
            Ok::<_, CliError>(after)
        })?;
        if shown.has_nothing_to_prove_itself_with() {
            ctx.report().warn(format!(
                "{id} has no secret yet; to make one: pocketid client secret create {id}",
                id = shown.client().id
            ));
        }
        Ok(shown)
    }

    fn store(
        &self,
        tx: &mut Tx<'_>,
        files: &Files,
        old: &Client,
        client: &mut Client,
    ) -> Result<(), CliError> {
        if self.no_group || !self.groups.is_empty() {
            let groups = find_groups(tx, &self.groups)?;
            client.is_group_restricted = !groups.is_empty();
            client_changes::replace_groups(tx, &client.id, groups.iter().map(|group| group.id))?;
        }
        if self.no_logo || files.logo.is_some() {
            images::delete_client_logos(tx, &client.id)?;
        }
        if let Some(logo) = &files.logo {
            images::insert_client_logo(tx, &client.id, (Theme::Light, logo))?;
        }
        if client.client_type == ClientType::Public && old.client_type != ClientType::Public {
            client_changes::delete_secrets(tx, &client.id)?;
        }
        Ok(client_changes::update(tx, client)?)
    }

    /// Tells in the audit log which fields are others than before, if any is.
    fn note(
        &self,
        tx: &mut Tx<'_>,
        mut event: AuditEvent,
        (before, after): (&Shown, &Shown),
    ) -> Result<(), CliError> {
        let [before, view] = [before, after].map(|shown| {
            serde_json::to_value(ClientView::of(shown.parts(), event.created_at))
                .expect("a view is a plain tree")
        });
        let fields = view.as_object().into_iter().flatten();
        let mut changed: Vec<_> = fields
            .filter(|(name, value)| before.get(name.as_str()).unwrap_or(&Value::Null) != *value)
            .map(|(name, _)| name.as_str())
            .collect();
        // Another picture is no other value of a field.
        changed.extend(self.logo.is_some().then_some("logo"));
        if changed.is_empty() {
            return Ok(());
        }
        let client = after.client();
        event.data.insert("clientId", client.id.to_string());
        event.data.insert("clientName", client.name.to_string());
        event.data.insert("changed", changed.join(" "));
        Ok(audit_events::insert(tx, &event)?)
    }
}

fn parse_url_or_none(text: &str) -> Result<Clearable<String>, String> {
    match text {
        "" => Ok(Clearable(None)),
        text => parse_url(text).map(|url| Clearable(Some(url))),
    }
}
