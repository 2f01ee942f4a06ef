//! `pocketid client update`

use std::path::PathBuf;

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
    model::{ClientDescription, ClientKeys, ClientName, Image, redirect_uri::RedirectUriPattern},
    operations::clients,
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
/// Options that are not given change nothing. It holds from the next sign-in or token on. A client
/// that becomes public loses its secrets.
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
    /// Remove its JWK Set
    #[arg(long, conflicts_with = "jwks")]
    pub(super) no_jwks: bool,
    /// Remove its federated issuers
    #[arg(long, conflicts_with = "federated")]
    pub(super) no_federated: bool,
    /// Demand PKCE
    #[arg(long)]
    pub(super) pkce: bool,
    /// Make PKCE optional
    #[arg(long, conflicts_with = "pkce")]
    pub(super) no_pkce: bool,
    /// Demand that it pushes its authorization requests (RFC 9126)
    #[arg(long)]
    pub(super) require_par: bool,
    /// Make pushed authorization requests optional
    #[arg(long, conflicts_with = "require_par")]
    pub(super) no_require_par: bool,
    /// Do not ask people whether the application may know who they are
    #[arg(long)]
    pub(super) skip_consent: bool,
    /// Ask people whether the application may know who they are
    #[arg(long, conflicts_with = "skip_consent")]
    pub(super) no_skip_consent: bool,
    /// Ask for the passkey again with every sign-in
    #[arg(long)]
    pub(super) require_reauthentication: bool,
    /// Accept a browser that is signed in, without the passkey
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
    pub(super) groups: Vec<String>,
    /// Let everybody sign in
    #[arg(long, conflicts_with = "groups")]
    pub(super) no_group: bool,
    /// Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA
    #[arg(long, value_name = "ALG")]
    pub(super) id_token_alg: Option<Algorithm>,
    /// Front page of the application
    #[arg(long, value_name = "URL", value_parser = parse_url_or_none)]
    pub(super) launch_url: Option<Clearable<String>>,
    /// Description, in a sentence; empty for none
    #[arg(long, value_name = "TEXT")]
    pub(super) description: Option<Clearable<ClientDescription>>,
    /// Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// Take its logo away
    #[arg(long, conflicts_with = "logo")]
    pub(super) no_logo: bool,
}

/// The inputs that are read from files.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) keys: ClientKeys,
    pub(super) logo: Option<Image>,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        warn_of_insecure(ctx, &changes::listed(&self.redirect_uris))?;
        warn_of_insecure(ctx, &self.added_redirect_uris)?;
        let files = Files {
            keys: self.keys.clone().read()?,
            logo: self.logo.as_deref().map(logo::read).transpose()?,
        };
        let input = (self, files, Frame::new(ctx)?);
        let shown = ctx.act(ctx.existing_store()?, input, |act, (given, files, frame)| {
            let client = find_client(act, &given.client)?;
            let groups = find_groups(act, &given.groups)?.iter().map(|group| group.id).collect();
            let change = changes::of(given, files, &client, groups);
            let client = clients::update(act, &client.id, &change)?;
            Ok::<_, CliError>(frame.clone().load(act, client)?)
        })?;
        if shown.has_nothing_to_prove_itself_with() {
            ctx.report().warn(format!(
                "{id} has no secret yet; to make one: pocketid client secret create {id}",
                id = shown.client().id
            ));
        }
        Ok(shown)
    }
}

fn parse_url_or_none(text: &str) -> Result<Clearable<String>, String> {
    match text {
        "" => Ok(Clearable(None)),
        text => parse_url(text).map(|url| Clearable(Some(url))),
    }
}
