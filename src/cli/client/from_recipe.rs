//! `pocketid client create --recipe`: what a recipe adds to a client, and what is pasted afterwards.

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        prompt::required,
        recipe::{AppAddress, Entry, Format, Library, Recipe, Values},
    },
    secret::NewSecret,
};
use crate::{
    crypto::rng::ALPHANUMERIC,
    model::{ClientId, Endpoints, redirect_uri::RedirectUriPattern},
};

/// How long `{random}` is: what the applications ask for that encrypt with it.
const RANDOM_LENGTH: usize = 32;

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

/// A recipe for an application at an address.
#[derive(Debug)]
pub struct Chosen {
    entry: Entry,
    address: AppAddress,
    random: String,
}

impl Chosen {
    /// What is known of the application.
    pub fn recipe(&self) -> &Recipe {
        &self.entry.recipe
    }

    /// Where it is.
    pub fn address(&self) -> &AppAddress {
        &self.address
    }

    /// Where its users come back to.
    pub fn redirect_uris(&self) -> Result<Vec<RedirectUriPattern>, CliError> {
        self.recipe().redirect_uris(&self.address).map_err(|what| wrong_address(&what))
    }

    /// Where they may come back to once they have signed out.
    pub fn post_logout_redirect_uris(&self) -> Result<Vec<RedirectUriPattern>, CliError> {
        self.recipe().post_logout_redirect_uris(&self.address).map_err(|what| wrong_address(&what))
    }

    /// What is pasted for a new client.
    pub fn paste(
        &self,
        id: &ClientId,
        secret: Option<&NewSecret>,
        endpoints: &Endpoints,
    ) -> Result<Option<Paste>, CliError> {
        let secret = secret.map(NewSecret::expose);
        self.render(id, secret, Some(&self.random), endpoints).map_err(|what| {
            CliError::refused(what).hint("leave --recipe out, and write the settings by hand")
        })
    }

    /// What can be pasted for a client that was there: what is secret is known to nobody here.
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
            settings,
            notes: notes(recipe, client_secret.is_some()),
        }))
    }
}

fn wrong_address(what: &str) -> CliError {
    CliError::usage(format!("there can be no callback at this --url: {what}"))
        .hint("give the address of the application's front page")
}

/// What its administrator reads beside the settings.
fn notes(recipe: &Recipe, has_secret: bool) -> String {
    let secret = if has_secret { " The secret in it is shown this once." } else { "" };
    let mut text = format!("\nThis goes into {}.{secret}\n", recipe.into);
    for note in &recipe.notes {
        text += &format!("\n- {note}");
    }
    if !recipe.notes.is_empty() {
        text.push('\n');
    }
    text + &format!("\nMore about it: {}", recipe.documentation)
}

/// What is pasted into an application.
#[derive(Debug, Serialize)]
pub struct Paste {
    name: String,
    format: Format,
    settings: String,
    #[serde(skip)]
    notes: String,
}

impl Paste {
    /// The text itself.
    pub fn settings(&self) -> &str {
        &self.settings
    }

    /// What is to be known beside it.
    pub fn afterword(&self) -> String {
        self.notes.clone()
    }

    /// The settings as variables, when they are.
    pub fn env(&self) -> Option<Vec<(&str, String)>> {
        let lines = self.settings.lines().filter_map(|line| line.split_once('='));
        let is_env = self.format == Format::Env;
        is_env.then(|| lines.map(|(name, value)| (name, value.to_owned())).collect())
    }
}
