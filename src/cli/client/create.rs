//! `pocketid client create`

use std::path::PathBuf;

use super::{
    super::{
        context::Context,
        error::CliError,
        logo,
        names::{find_client_by_name, find_groups},
    },
    created::Created,
    from_recipe::{Chosen, RecipeOptions},
    keys::KeyOptions,
    policy::PolicyOptions,
    secret::NewSecret,
    show::Frame,
};
use crate::{
    crypto::Algorithm,
    model::{
        AuditEvent, Client, ClientDescription, ClientId, ClientName, ClientType, EventKind, Image,
        Theme,
        redirect_uri::{RedirectUri, RedirectUriPattern},
        text::is_web_address,
    },
    store::{Tx, audit_events, clients, images},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client create Linkding --recipe linkding --url https://links.example.com
  pocketid client create Notes --callback https://notes.example.com/callback
  pocketid client create Immich --id immich --group family --logo immich.svg
  pocketid client create Notes --public --callback notes://signed-in
  [ -s grafana.env ] || pocketid client create Grafana -o env > grafana.env

Without --callback the client takes the callback URL of its first completed sign-in.

Off a terminal it prints the client ID and, on a line of its own, the secret. With --recipe it
prints what has to be pasted into the application instead; `pocketid client recipes` lists them.";

/// Register an OIDC client
///
/// Prints the client ID and, unless --public, a secret. The secret is shown this once; only its
/// digest is stored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Name shown to people when they sign in
    #[arg(value_name = "NAME")]
    name: ClientName,
    /// Client ID; a random one unless given
    #[arg(long, value_name = "ID", value_parser = ClientId::from_chosen)]
    id: Option<ClientId>,
    #[command(flatten)]
    from: RecipeOptions,
    /// Allow this callback URL, which may have * in it; repeat for several
    #[arg(long = "callback", value_name = "URL")]
    redirect_uris: Vec<RedirectUriPattern>,
    /// Let people be sent back to this URL once they have signed out; repeat for several
    #[arg(long = "logout-callback", value_name = "URL")]
    post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// Tell the application here when a session of its user has ended (back-channel logout)
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    backchannel_logout: Option<String>,
    /// Make a public client, such as a native app: no secret, PKCE always
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    keys: KeyOptions,
    /// Demand PKCE (a public client must use it anyway)
    #[arg(long)]
    pkce: bool,
    /// Demand that it pushes its authorization requests (RFC 9126)
    #[arg(long)]
    require_par: bool,
    #[command(flatten)]
    policy: PolicyOptions,
    /// Let only members of this group sign in; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA
    #[arg(long, value_name = "ALG", default_value = "RS256")]
    id_token_alg: Algorithm,
    /// What it is, in a sentence
    #[arg(long, value_name = "TEXT")]
    description: Option<ClientDescription>,
    /// Front page of the application
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    launch_url: Option<String>,
    /// Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// Do nothing when there is such a client already, of this ID, or of this name without --id; its
    /// secret is not shown again
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(mut self, ctx: &Context) -> Result<Created, CliError> {
        let chosen = self.from.choose(ctx)?;
        if let Some(chosen) = &chosen {
            self.fill_in(chosen)?;
        }
        self.check()?;
        self.warn_of_insecure_callbacks(ctx)?;
        let (if_absent, chosen_id) = (self.if_absent, self.id.clone());
        let new = self.prepare(ctx)?;
        let frame = Frame::new(ctx)?;
        let endpoints = frame.endpoints().clone();
        let ready = match &chosen {
            Some(chosen) => chosen.paste(&new.client.id, new.secret.as_ref(), &endpoints)?,
            None => None,
        };
        let (created, namesakes) = ctx.store()?.write_blocking(move |tx| {
            if if_absent && let Some(client) = new.find_existing(tx, chosen_id.as_ref())? {
                return Ok((Created::existing(frame.clone().load(tx, client)?), Vec::new()));
            }
            let namesakes = clients::find_by_name(tx, new.client.name.as_str())?;
            let (client, secret) = new.clone().insert(tx)?;
            Ok::<_, CliError>((Created::new(frame.clone().load(tx, client)?, secret), namesakes))
        })?;
        warn_of_namesake(ctx, &namesakes);
        created.tell(ctx);
        Ok(match chosen {
            Some(chosen) => created.with_recipe(ready, &chosen, &endpoints),
            None => created,
        })
    }

    /// Takes from a recipe what was not said.
    fn fill_in(&mut self, chosen: &Chosen) -> Result<(), CliError> {
        let recipe = chosen.recipe();
        if self.redirect_uris.is_empty() {
            self.redirect_uris = chosen.redirect_uris()?;
        }
        if self.post_logout_redirect_uris.is_empty() {
            self.post_logout_redirect_uris = chosen.post_logout_redirect_uris()?;
        }
        let address = chosen.address();
        let told = recipe.backchannel_logout.as_ref().map(|path| format!("{address}{path}"));
        self.backchannel_logout = self.backchannel_logout.take().or(told);
        self.launch_url = self.launch_url.take().or_else(|| Some(address.to_string()));
        self.public |= recipe.public;
        self.pkce |= recipe.pkce;
        Ok(())
    }

    fn check(&self) -> Result<(), CliError> {
        if self.public && self.keys.is_given() {
            return Err(CliError::usage("a public client has nothing to prove itself with")
                .hint("leave --public out, or --jwks and --federated"));
        }
        if self.public && self.redirect_uris.is_empty() {
            return Err(CliError::usage("a public client needs a --callback")
                .hint("anybody can claim to be a public client, so it must not choose its own"));
        }
        Ok(())
    }

    /// Sign-ins would be refused, one by one and long after this.
    fn warn_of_insecure_callbacks(&self, ctx: &Context) -> Result<(), CliError> {
        warn_of_insecure(ctx, &self.redirect_uris)
    }

    fn prepare(self, ctx: &Context) -> Result<NewClient, CliError> {
        let id = match self.id {
            Some(id) => id,
            None => ctx.new_id().to_string().parse().expect("a UUID is a client id"),
        };
        let data = [("clientId", id.to_string()), ("clientName", self.name.to_string())];
        let has_keys = self.keys.is_given();
        let client_type = if self.public { ClientType::Public } else { ClientType::Confidential };
        Ok(NewClient {
            event: ctx.event(EventKind::ClientCreated, None, data),
            secret: (!self.public && !has_keys).then(|| NewSecret::generate(ctx)),
            logo: self.logo.map(|path| logo::read(&path)).transpose()?,
            client: Client {
                redirect_uris: self.redirect_uris,
                post_logout_redirect_uris: self.post_logout_redirect_uris,
                requires_pkce: self.pkce || self.public,
                requires_pushed_authorization_requests: self.require_par,
                is_group_restricted: !self.groups.is_empty(),
                id_token_signed_response_alg: self.id_token_alg,
                launch_url: self.launch_url,
                description: self.description,
                keys: self.keys.read()?,
                backchannel_logout_uri: self.backchannel_logout,
                ..self.policy.apply(Client::new(id, self.name, client_type, ctx.now()))
            },
            groups: self.groups,
        })
    }
}

/// A client that is not stored yet.
#[derive(Debug, Clone)]
struct NewClient {
    client: Client,
    secret: Option<NewSecret>,
    groups: Vec<String>,
    logo: Option<Image>,
    event: AuditEvent,
}

impl NewClient {
    /// Who has the ID that was chosen, or else the name.
    fn find_existing(
        &self,
        tx: &mut Tx<'_>,
        chosen_id: Option<&ClientId>,
    ) -> Result<Option<Client>, CliError> {
        match chosen_id {
            Some(id) => Ok(clients::find(tx, id)?),
            None => find_client_by_name(tx, self.client.name.as_str()),
        }
    }

    fn insert(self, tx: &mut Tx<'_>) -> Result<(Client, Option<NewSecret>), CliError> {
        let client = self.client;
        if let Some(existing) = clients::find(tx, &client.id)? {
            let message =
                format!("there is a client with the ID {} already: {}", client.id, existing.name);
            return Err(CliError::refused(message)
                .hint("choose another --id, or add --if-absent to leave the client as it is"));
        }
        clients::insert(tx, &client)?;
        for group in find_groups(tx, &self.groups)? {
            clients::insert_group(tx, &client.id, group.id)?;
        }
        if let Some(secret) = &self.secret {
            clients::insert_secret(tx, &client.id, &secret.row, secret.digest())?;
        }
        if let Some(logo) = &self.logo {
            images::insert_client_logo(tx, &client.id, (Theme::Light, logo))?;
        }
        audit_events::insert(tx, &self.event)?;
        Ok((client, self.secret))
    }
}

fn warn_of_namesake(ctx: &Context, namesakes: &[Client]) {
    if let [namesake, ..] = namesakes {
        ctx.report().warn(format!(
            "another client is called {} as well: {}. Commands now need the ID; \
             --if-absent would have left it at one",
            namesake.name, namesake.id
        ));
    }
}

/// Warns of callback URLs that no sign-in will be let use.
pub fn warn_of_insecure(ctx: &Context, patterns: &[RedirectUriPattern]) -> Result<(), CliError> {
    if ctx.settings()?.allow_insecure_callback_urls {
        return Ok(());
    }
    for pattern in patterns {
        let uri = pattern.as_str().parse::<RedirectUri>();
        if uri.is_ok_and(|uri| uri.is_insecure_http()) {
            ctx.report().warn(format!(
                "sign-ins with {} are refused while ALLOW_INSECURE_CALLBACK_URLS is false",
                pattern.as_str()
            ));
        }
    }
    Ok(())
}

/// Reads the address of a page.
pub fn parse_url(text: &str) -> Result<String, String> {
    match is_web_address(text) {
        true => Ok(text.to_owned()),
        false => Err("it must be an address such as https://app.example.com".into()),
    }
}
