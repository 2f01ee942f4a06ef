//! Recipes: what an application needs to be told, known before anybody looks it up.
//!
//! A recipe is a TOML file. Those of `recipes/` are in the program; those in a folder `recipes`
//! beside the data folder are the user's own, and win. Whatever is wrong with one is found when it is
//! read, and told with its place in the file.

mod address;
mod built_in;
mod checked;
mod fault;
mod format;
mod library;
mod reader;
mod settings;

use serde::{Deserialize, Serialize};

use crate::model::redirect_uri::RedirectUriPattern;

pub use address::AppAddress;
pub use format::Format;
pub use library::{Entry, Library};
pub use reader::Reader;
pub use settings::Values;

use checked::Date;
use fault::{Fault, one_line};

/// An address to try callbacks with when a recipe is read.
const SAMPLE_ADDRESS: &str = "https://app.example.com";

/// What is known of an application.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all(serialize = "camelCase"))]
pub struct Recipe {
    /// What the application calls itself.
    pub title: String,
    /// Its own words on the matter.
    pub documentation: String,
    /// Where the settings go.
    pub into: String,
    /// Where its users come back to: paths, or whole addresses of native apps. Empty when nobody can
    /// know; the one of the first completed sign-in is taken then.
    #[serde(default)]
    pub callbacks: Vec<String>,
    /// Where they may come back to once they have signed out.
    #[serde(default)]
    pub logout_callbacks: Vec<String>,
    /// Where it is told that a session has ended.
    #[serde(default)]
    pub backchannel_logout: Option<String>,
    /// Whether it always does PKCE and has no switch for it, so that it can be demanded.
    #[serde(default, rename(serialize = "pkceEnabled"))]
    pub pkce: bool,
    /// Whether it has no secret.
    #[serde(default, rename(serialize = "isPublic"))]
    pub public: bool,
    /// What it asks for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether it refuses people whose email is not verified.
    #[serde(default)]
    pub needs_verified_email: bool,
    /// What else its administrator has to know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What has to be known when the application has an `http:` address.
    #[serde(default)]
    pub http_note: Option<String>,
    /// The page or file that the recipe was last compared with, and when.
    #[serde(default)]
    pub checked_against: Option<String>,
    #[serde(default)]
    pub checked_on: Option<Date>,
    /// The version that people signed in to with these settings. None when nobody has tried it.
    #[serde(default)]
    pub run: Option<String>,
    /// The language of its settings.
    pub format: Format,
    /// Who reads the variables, which decides on quotes. Only for `env`; without it the values are
    /// printed as they stand.
    #[serde(default)]
    pub reader: Option<Reader>,
    /// What is pasted, with placeholders.
    #[serde(skip_serializing)]
    settings: String,
}

impl Recipe {
    /// Reads a recipe, and tries it.
    fn parse(text: &str) -> Result<Self, Fault> {
        let recipe: Self =
            basic_toml::from_str(text).map_err(|error| Fault::of_toml(text, &error))?;
        recipe.check(text)?;
        Ok(recipe)
    }

    /// What can be wrong with it although it is TOML with the right keys.
    fn check(&self, text: &str) -> Result<(), Fault> {
        for callback in self.callbacks.iter().chain(&self.logout_callbacks) {
            redirect_uri(callback, SAMPLE_ADDRESS)
                .map_err(|what| Fault::in_value(text, callback, format!("`{callback}`: {what}")))?;
        }
        if let Some(path) = &self.backchannel_logout
            && !path.starts_with('/')
        {
            let what = format!("`{path}` is not a path that begins with /");
            return Err(Fault::in_value(text, path, what));
        }
        if self.public && self.callbacks.is_empty() {
            return Err(Fault::at(text, "public", "a public client needs callbacks"));
        }
        if self.reader.is_some() && self.format != Format::Env {
            let what = "only settings of the format env have a reader";
            return Err(Fault::at(text, "reader", what));
        }
        self.check_provenance(text)?;
        self.check_settings(text)
    }

    /// The addresses that its users come back to.
    pub fn redirect_uris(&self, address: &AppAddress) -> Result<Vec<RedirectUriPattern>, String> {
        redirect_uris(&self.callbacks, address)
    }

    /// The addresses that they may come back to once they have signed out.
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

/// A path belongs to the application's address; what is no path is an address itself.
fn redirect_uri(uri: &str, address: &str) -> Result<RedirectUriPattern, String> {
    let whole = match uri.is_empty() || uri.starts_with('/') {
        true => format!("{address}{uri}"),
        false => uri.to_owned(),
    };
    whole.parse().map_err(one_line)
}

#[cfg(test)]
mod tests;
