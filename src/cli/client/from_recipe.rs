//! `pocketid client create --recipe`: recipe defaults for a client, and its application's settings.

use super::{
    super::{context::Context, error::CliError, prompt::required},
    sections::RECIPE,
};
use crate::{
    model::Endpoints,
    operations::clients::NewClient,
    recipe::{AppAddress, ChosenRecipe, Format, Library, Paste, Registration},
};

/// The options of a recipe.
#[derive(Debug, clap::Args)]
pub struct RecipeOptions {
    /// Take callbacks and the like from the recipe of this application, and print its settings
    #[arg(long, value_name = "RECIPE", help_heading = RECIPE)]
    recipe: Option<String>,
    /// Address of the application, for its recipe
    #[arg(long, value_name = "URL", requires = "recipe", help_heading = RECIPE)]
    url: Option<AppAddress>,
}

impl RecipeOptions {
    /// Finds the recipe; asks for the address if need be.
    pub fn choose(&self, ctx: &Context) -> Result<Option<ChosenRecipe>, CliError> {
        let Some(name) = &self.recipe else { return Ok(None) };
        let entry = Library::beside(ctx.settings()?.data_folder()).find(name)?;
        let address = required(ctx, self.url.clone(), "Address of the application", "--url")?;
        Ok(Some(ChosenRecipe::new(entry, address, ctx.rng().as_ref())))
    }
}

/// The settings of the client that follow from a recipe.
pub fn registration(chosen: &ChosenRecipe) -> Result<Registration, CliError> {
    chosen.registration().map_err(|what| {
        CliError::usage(format!("this --url does not give a valid callback URL: {what}"))
            .hint("give the address of the application's front page")
    })
}

/// The settings to paste for a new client.
pub fn paste(
    chosen: &ChosenRecipe,
    new: &NewClient,
    endpoints: &Endpoints,
) -> Result<Option<Paste>, CliError> {
    let secret = new.secret.as_ref().map(|new| new.secret.expose());
    chosen.paste(&new.client.id, secret, endpoints).map_err(|what| {
        CliError::refused(what).hint("leave --recipe out, and set the options yourself")
    })
}

/// Notes to print beside the settings.
pub fn remarks(paste: &Paste) -> String {
    let secret = if paste.has_secret { " The secret is shown only once." } else { "" };
    let mut text = format!("\nPaste this into {}.{secret}\n", paste.into);
    for note in &paste.notes {
        text += &format!("\n- {note}");
    }
    if !paste.notes.is_empty() {
        text.push('\n');
    }
    text + &format!("\nDocumentation: {}", paste.documentation)
}

/// The settings as variables, if they are in `env` format.
pub fn env(paste: &Paste) -> Option<Vec<(&str, String)>> {
    let lines = paste.settings.lines().filter_map(|line| line.split_once('='));
    let is_env = paste.format == Format::Env;
    is_env.then(|| lines.map(|(name, value)| (name, value.to_owned())).collect())
}
