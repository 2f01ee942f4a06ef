//! Recipes: ready-made settings of applications.
//!
//! A recipe is a TOML file. Those of `recipes/` are built in; those in a folder `recipes` beside
//! the data folder are the user's own, and win. Every fault is found when the recipe is read, and
//! reported with its position in the file.

mod address;
mod built_in;
mod chosen;
mod date;
mod fault;
mod format;
mod library;
mod provenance;
mod reader;
mod settings;

use serde::{Deserialize, Serialize};

use crate::model::redirect_uri::RedirectUriPattern;

pub use address::AppAddress;
pub use chosen::{ChosenRecipe, Paste, Registration};
pub use format::Format;
pub use library::{Library, LibraryError, ListedRecipe};
pub use reader::RecipeReader;
pub use settings::Values;

use date::Date;
use fault::{RecipeFault, one_line};

/// A sample address, to validate callbacks when a recipe is read.
const SAMPLE_ADDRESS: &str = "https://app.example.com";

/// A recipe for one application.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RecipeFields"))]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Recipe {
    /// The application's own name.
    pub title: String,
    /// The application's own documentation page.
    pub documentation: String,
    /// The file or page for the settings.
    pub into: String,
    /// The callback URLs: paths, or whole addresses for native apps. Empty if they cannot be known;
    /// the client then takes the callback of the first completed sign-in.
    #[serde(default)]
    pub callbacks: Vec<String>,
    /// The logout callback URLs.
    #[serde(default)]
    pub logout_callbacks: Vec<String>,
    /// The path for back-channel logout.
    #[serde(default)]
    pub backchannel_logout: Option<String>,
    /// Whether the application always uses PKCE and has no switch for it, so that the client can
    /// require PKCE.
    #[serde(default, rename(serialize = "pkceEnabled"))]
    pub pkce: bool,
    /// Whether it is a public client.
    #[serde(default, rename(serialize = "isPublic"))]
    pub public: bool,
    /// The scopes that it requests.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether it refuses users with an unverified email.
    #[serde(default)]
    pub needs_verified_email: bool,
    /// Further notes for the administrator.
    #[serde(default)]
    pub notes: Vec<String>,
    /// A note for applications with an `http:` address.
    #[serde(default)]
    pub http_note: Option<String>,
    /// The page or file that the recipe was last compared with, and the date.
    #[serde(default)]
    pub checked_against: Option<String>,
    #[serde(default)]
    pub checked_on: Option<Date>,
    /// The application version that was tested with these settings; `None` if untested.
    #[serde(default)]
    pub run: Option<String>,
    /// The format of its settings.
    pub format: Format,
    /// The program that reads the variables, which determines the quotes. Only for `env`; without
    /// it the values are printed unquoted.
    #[serde(default)]
    pub reader: Option<RecipeReader>,
    /// The template of the settings, with placeholders.
    #[serde(skip_serializing)]
    settings: String,
}

impl Recipe {
    /// Parses and checks a recipe.
    fn parse(text: &str) -> Result<Self, RecipeFault> {
        let recipe: Self =
            basic_toml::from_str(text).map_err(|error| RecipeFault::of_toml(text, &error))?;
        recipe.check(text)?;
        Ok(recipe)
    }

    /// Checks the values of a recipe, beyond TOML syntax and keys.
    fn check(&self, text: &str) -> Result<(), RecipeFault> {
        for callback in self.callbacks.iter().chain(&self.logout_callbacks) {
            redirect_uri(callback, SAMPLE_ADDRESS).map_err(|what| {
                RecipeFault::in_value(text, callback, format!("`{callback}`: {what}"))
            })?;
        }
        if let Some(path) = &self.backchannel_logout
            && !path.starts_with('/')
        {
            let what = format!("`{path}` is not a path that begins with /");
            return Err(RecipeFault::in_value(text, path, what));
        }
        if self.public && self.callbacks.is_empty() {
            return Err(RecipeFault::at(text, "public", "a public client needs callbacks"));
        }
        if self.reader.is_some() && self.format != Format::Env {
            let what = "only settings of the format env have a reader";
            return Err(RecipeFault::at(text, "reader", what));
        }
        self.check_provenance(text)?;
        self.check_settings(text)
    }

    /// The callback URLs at an address.
    pub fn redirect_uris(&self, address: &AppAddress) -> Result<Vec<RedirectUriPattern>, String> {
        redirect_uris(&self.callbacks, address)
    }

    /// The logout callback URLs at an address.
    pub fn post_logout_redirect_uris(
        &self,
        address: &AppAddress,
    ) -> Result<Vec<RedirectUriPattern>, String> {
        redirect_uris(&self.logout_callbacks, address)
    }
}

fn redirect_uris(uris: &[String], address: &AppAddress) -> Result<Vec<RedirectUriPattern>, String> {
    uris.iter().map(|uri| redirect_uri(uri, address.as_str())).collect()
}

/// Resolves a callback: a path is appended to the application's address, anything else is a full
/// URL.
fn redirect_uri(uri: &str, address: &str) -> Result<RedirectUriPattern, String> {
    let whole = if uri.is_empty() || uri.starts_with('/') {
        format!("{address}{uri}")
    } else {
        uri.to_owned()
    };
    whole.parse().map_err(one_line)
}

#[cfg(test)]
mod tests;
