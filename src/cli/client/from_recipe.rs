//! `pocketid client create --recipe`: recipe defaults for a client, and its application's settings.

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    prompt::required,
    recipe::{AppAddress, Entry, Format, Library, Reader, Recipe, Values},
};
use crate::{
    crypto::rng::ALPHANUMERIC,
    model::{ClientId, Endpoints, redirect_uri::RedirectUriPattern},
    operations::clients::NewClientSecret,
};

/// The length of `{random}`, as applications require it for their encryption key.
const RANDOM_LENGTH: usize = 32;

/// For applications that refuse unverified emails.
const VERIFIED_EMAIL: &str = "It lets in people with a verified email only. To mark an email as verified: \
     pocketid user update NAME --email-verified";

/// The options of a recipe.
#[derive(Debug, clap::Args)]
pub struct RecipeOptions {
    /// Take callbacks and the like from the recipe of this application, and print its settings
    #[arg(long, value_name = "RECIPE")]
    recipe: Option<String>,
    /// Address of the application, for its recipe
    #[arg(long, value_name = "URL", requires = "recipe")]
    url: Option<AppAddress>,
}

impl RecipeOptions {
    /// Finds the recipe; asks for the address if need be.
    pub fn choose(&self, ctx: &Context) -> Result<Option<Chosen>, CliError> {
        let Some(name) = &self.recipe else { return Ok(None) };
        let entry = Library::beside(ctx.settings()?.data_folder()).find(name)?;
        let address = required(ctx, self.url.clone(), "Address of the application", "--url")?;
        let random = ctx.rng().text(ALPHANUMERIC, RANDOM_LENGTH).expose().to_owned();
        Ok(Some(Chosen { entry, address, random }))
    }
}

/// A recipe with the address of the application.
#[derive(Debug)]
pub struct Chosen {
    entry: Entry,
    address: AppAddress,
    random: String,
}

impl Chosen {
    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.entry.recipe
    }

    /// The address of the application.
    pub fn address(&self) -> &AppAddress {
        &self.address
    }

    /// The callback URLs.
    pub fn redirect_uris(&self) -> Result<Vec<RedirectUriPattern>, CliError> {
        self.recipe().redirect_uris(&self.address).map_err(|what| wrong_address(&what))
    }

    /// The logout callback URLs.
    pub fn post_logout_redirect_uris(&self) -> Result<Vec<RedirectUriPattern>, CliError> {
        self.recipe().post_logout_redirect_uris(&self.address).map_err(|what| wrong_address(&what))
    }

    /// The settings to paste for a new client.
    pub fn paste(
        &self,
        id: &ClientId,
        secret: Option<&NewClientSecret>,
        endpoints: &Endpoints,
    ) -> Result<Option<Paste>, CliError> {
        let secret = secret.map(|new| new.secret.expose());
        self.render(id, secret, Some(&self.random), endpoints).map_err(|what| {
            CliError::refused(what).hint("leave --recipe out, and write the settings by hand")
        })
    }

    /// The settings to paste for an existing client, whose secret is no longer known; `None` if
    /// they cannot do without it.
    pub fn paste_again(&self, id: &ClientId, endpoints: &Endpoints) -> Option<Paste> {
        self.render(id, None, None, endpoints).ok().flatten()
    }

    fn render(
        &self,
        id: &ClientId,
        client_secret: Option<&str>,
        random: Option<&str>,
        endpoints: &Endpoints,
    ) -> Result<Option<Paste>, String> {
        let Entry { name, recipe, .. } = &self.entry;
        let (client_id, address) = (id.as_str(), &self.address);
        let values = Values { client_id, client_secret, random, address, endpoints };
        let settings = recipe.settings(&values)?;
        Ok(settings.map(|settings| Paste {
            name: name.clone(),
            format: recipe.format,
            reader: recipe.reader,
            notes: self.notes(&settings),
            settings,
            into: recipe.into.clone(),
            documentation: recipe.documentation.clone(),
            has_secret: client_secret.is_some(),
        }))
    }

    /// Notes for the application's administrator.
    fn notes(&self, settings: &str) -> Vec<String> {
        let recipe = self.recipe();
        let quotes = recipe.reader.and_then(|reader| reader.remark(settings));
        let email = recipe.needs_verified_email.then_some(VERIFIED_EMAIL);
        let is_http = self.address.as_str().starts_with("http:");
        let http = recipe.http_note.as_deref().filter(|_| is_http);
        let own = recipe.notes.iter().map(String::as_str);
        own.chain(email).chain(http).chain(quotes).map(str::to_owned).collect()
    }
}

fn wrong_address(what: &str) -> CliError {
    CliError::usage(format!("there can be no callback at this --url: {what}"))
        .hint("give the address of the application's front page")
}

/// Settings to paste into an application.
#[derive(Debug, Serialize)]
pub struct Paste {
    name: String,
    format: Format,
    #[serde(skip_serializing_if = "Option::is_none")]
    reader: Option<Reader>,
    settings: String,
    into: String,
    notes: Vec<String>,
    documentation: String,
    #[serde(skip)]
    has_secret: bool,
}

impl Paste {
    /// The text of the settings.
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// Notes to print beside the settings.
    pub fn remarks(&self) -> String {
        let secret = if self.has_secret { " The secret in it is shown this once." } else { "" };
        let mut text = format!("\nThis goes into {}.{secret}\n", self.into);
        for note in &self.notes {
            text += &format!("\n- {note}");
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        text + &format!("\nMore about it: {}", self.documentation)
    }

    /// The settings as variables, if they are in `env` format.
    pub fn env(&self) -> Option<Vec<(&str, String)>> {
        let lines = self.settings.lines().filter_map(|line| line.split_once('='));
        let is_env = self.format == Format::Env;
        is_env.then(|| lines.map(|(name, value)| (name, value.to_owned())).collect())
    }
}
