//! `pocketid client create`

use std::{collections::BTreeSet, path::PathBuf};

use super::{
    super::{
        context::Context,
        error::CliError,
        logo,
        names::{find_client_by_name, find_groups},
    },
    created::CreatedClient,
    from_recipe::{RecipeOptions, paste, registration},
    keys::KeyOptions,
    policy::PolicyOptions,
    sections::{ADDRESSES, APPLICATION, CLIENT, SIGN_IN, TOKENS},
    show::Frame,
    urls::{parse_url, warn_of_insecure},
};
use crate::{
    crypto::Algorithm,
    model::{
        Client, ClientDescription, ClientId, ClientName, ClientType, SecurityProfile,
        redirect_uri::RedirectUriPattern,
    },
    operations::{
        Act, Change,
        clients::{self as operations, ClientChange, ClientDraft, WithoutCallback},
    },
    recipe::ChosenRecipe,
    store::{Tx, clients},
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
prints the settings to paste into the application instead; `pocketid client recipes` lists recipes.";

/// Register an OIDC client
///
/// Prints the client ID and, unless --public, a secret. The secret is shown only once; only its
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
    #[arg(long = "callback", value_name = "URL", help_heading = ADDRESSES)]
    redirect_uris: Vec<RedirectUriPattern>,
    /// Let people be sent back to this URL once they have signed out; repeat for several
    #[arg(long = "logout-callback", value_name = "URL", help_heading = ADDRESSES)]
    post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// Tell the application here when a session of its user has ended (back-channel logout)
    #[arg(long, value_name = "URL", value_parser = parse_url, help_heading = ADDRESSES)]
    backchannel_logout: Option<String>,
    /// Make a public client, such as a native app: no secret, PKCE always
    #[arg(long, help_heading = CLIENT)]
    public: bool,
    #[command(flatten)]
    keys: KeyOptions,
    /// Demand PKCE (a public client must use it anyway)
    #[arg(long, help_heading = CLIENT)]
    pkce: bool,
    /// Demand that it pushes its authorization requests (RFC 9126)
    #[arg(long, help_heading = CLIENT)]
    require_par: bool,
    /// Give it only tokens that are bound to a key of its own (DPoP, RFC 9449)
    #[arg(long, help_heading = CLIENT)]
    dpop: bool,
    /// Give it only tokens that are bound to its TLS certificate (mutual TLS, RFC 8705)
    #[arg(long, help_heading = CLIENT)]
    mtls: bool,
    /// Hold it to a security profile: fapi2 (FAPI 2.0 Security Profile)
    #[arg(long, value_name = "PROFILE", help_heading = CLIENT)]
    profile: Option<SecurityProfile>,
    #[command(flatten)]
    policy: PolicyOptions,
    /// Let only members of this group sign in; repeat for several
    #[arg(long = "group", value_name = "GROUP", help_heading = SIGN_IN)]
    groups: Vec<String>,
    /// Sign its ID tokens with this algorithm: RS256, RS384, RS512, PS256, ES256, ES384 or EdDSA;
    /// RS256 unless given, ES256 with the profile fapi2
    #[arg(long, value_name = "ALG", help_heading = TOKENS)]
    id_token_alg: Option<Algorithm>,
    /// Sign its UserInfo responses with this algorithm; plain JSON unless given
    #[arg(long, value_name = "ALG", help_heading = TOKENS)]
    userinfo_alg: Option<Algorithm>,
    /// Description, in a sentence
    #[arg(long, value_name = "TEXT", help_heading = APPLICATION)]
    description: Option<ClientDescription>,
    /// Front page of the application
    #[arg(long, value_name = "URL", value_parser = parse_url, help_heading = APPLICATION)]
    launch_url: Option<String>,
    /// Logo: a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file of at most 2 MiB
    #[arg(long, value_name = "FILE", help_heading = APPLICATION)]
    logo: Option<PathBuf>,
    /// Do nothing when there is such a client already, of this ID, or of this name without --id; its
    /// secret is not shown again
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(mut self, ctx: &Context) -> Result<CreatedClient, CliError> {
        let chosen = self.from.choose(ctx)?;
        if let Some(chosen) = &chosen {
            self.fill_in(chosen)?;
        }
        warn_of_insecure(ctx, &self.redirect_uris)?;
        let wish = Wish {
            if_absent: self.if_absent,
            groups: std::mem::take(&mut self.groups),
            draft: self.draft()?,
            chosen,
            frame: Frame::new(ctx)?,
        };
        let registered = ctx.act(ctx.store()?, wish, |act, wish| wish.register(act))?;
        warn_of_namesake(ctx, &registered.namesakes);
        registered.created.tell(ctx);
        Ok(registered.created)
    }

    /// Fills options that were not given from the recipe.
    fn fill_in(&mut self, chosen: &ChosenRecipe) -> Result<(), CliError> {
        let told = registration(chosen)?;
        if self.redirect_uris.is_empty() {
            self.redirect_uris = told.redirect_uris;
        }
        if self.post_logout_redirect_uris.is_empty() {
            self.post_logout_redirect_uris = told.post_logout_redirect_uris;
        }
        self.backchannel_logout = self.backchannel_logout.take().or(told.backchannel_logout_uri);
        self.launch_url = self.launch_url.take().or(Some(told.launch_url));
        self.public |= told.is_public;
        self.pkce |= told.pkce_enabled;
        Ok(())
    }

    fn draft(self) -> Result<ClientDraft, CliError> {
        let client_type = if self.public { ClientType::Public } else { ClientType::Confidential };
        let keys = self.keys.read()?;
        Ok(ClientDraft {
            id: self.id,
            name: self.name,
            has_secret: true,
            settings: ClientChange {
                name: Change::Keep,
                description: Change::Set(self.description),
                client_type: Change::Set(client_type),
                redirect_uris: Change::Set(self.redirect_uris),
                post_logout_redirect_uris: Change::Set(self.post_logout_redirect_uris),
                backchannel_logout_uri: Change::Set(self.backchannel_logout),
                launch_url: Change::Set(self.launch_url),
                requires_pkce: Change::Set(self.pkce || self.public),
                requires_pushed_authorization_requests: Change::Set(self.require_par),
                requires_dpop: Change::Set(self.dpop),
                requires_mtls: Change::Set(self.mtls),
                security_profile: Change::Set(self.profile),
                requires_reauthentication: self.policy.requires_reauthentication(),
                skips_consent: self.policy.skips_consent(),
                is_group_restricted: Change::Keep,
                id_token_signed_response_alg: self.id_token_alg.into(),
                userinfo_signed_response_alg: Change::Set(self.userinfo_alg),
                jwks: Change::Set(keys.jwks),
                federated_identities: Change::Set(keys.federated_identities),
                tls_client_auth: Change::Set(keys.tls_client_auth),
                claim_rules: Change::Keep,
                token_exchanges: Change::Keep,
                is_before_apis: false,
                trusted_issuers: Change::Keep,
                identity_assertions: Change::Keep,
                access_token_seconds: self.policy.access_token_seconds(),
                refresh_token_seconds: self.policy.refresh_token_seconds(),
                max_session_age_seconds: self.policy.max_session_age_seconds(),
                groups: Change::Keep,
                logo: Change::Set(self.logo.map(|path| logo::read(&path)).transpose()?),
                dark_logo: Change::Keep,
                without_callback: WithoutCallback::Refused,
            },
        })
    }
}

/// A client to create, unless it exists already.
#[derive(Debug)]
struct Wish {
    draft: ClientDraft,
    /// The names of its groups.
    groups: Vec<String>,
    if_absent: bool,
    chosen: Option<ChosenRecipe>,
    frame: Frame,
}

/// The created or existing client.
struct Registered {
    created: CreatedClient,
    /// Other clients with the same name.
    namesakes: Vec<Client>,
}

impl Wish {
    fn register(&self, act: &mut Act<'_, '_>) -> Result<Registered, CliError> {
        let (chosen, endpoints) = (self.chosen.as_ref(), self.frame.endpoints());
        if self.if_absent
            && let Some(client) = self.find_existing(act)?
        {
            let paste = chosen.and_then(|chosen| chosen.paste_again(&client.id, endpoints));
            let created = CreatedClient::existing(self.frame.clone().load(act, client)?, paste);
            return Ok(Registered { created, namesakes: Vec::new() });
        }
        let namesakes = clients::find_by_name(act, self.draft.name.as_str())?;
        let draft = self.draft_with_groups(act)?;
        let new = operations::create(act, &draft)?;
        let paste = match chosen {
            Some(chosen) => paste(chosen, &new, endpoints)?,
            None => None,
        };
        let shown = self.frame.clone().load(act, new.client)?;
        Ok(Registered { created: CreatedClient::new(shown, new.secret, paste), namesakes })
    }

    /// Finds a client by the chosen ID, or else by name.
    fn find_existing(&self, tx: &mut Tx<'_>) -> Result<Option<Client>, CliError> {
        match &self.draft.id {
            Some(id) => Ok(clients::find(tx, id)?),
            None => find_client_by_name(tx, self.draft.name.as_str()),
        }
    }

    fn draft_with_groups(&self, tx: &mut Tx<'_>) -> Result<ClientDraft, CliError> {
        let groups: BTreeSet<_> =
            find_groups(tx, &self.groups)?.iter().map(|group| group.id).collect();
        let mut draft = self.draft.clone();
        draft.settings.is_group_restricted = Change::Set(!groups.is_empty());
        draft.settings.groups = Change::Set(groups);
        Ok(draft)
    }
}

fn warn_of_namesake(ctx: &Context, namesakes: &[Client]) {
    if let [namesake, ..] = namesakes {
        ctx.report().warn(format!(
            "another client has the name {} as well: {}. Commands now need the ID; --if-absent \
             avoids a second one",
            namesake.name, namesake.id
        ));
    }
}
