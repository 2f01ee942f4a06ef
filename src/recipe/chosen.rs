//! A recipe for an application at an address: its client, and the settings to paste.

use serde::{Serialize, Serializer};

use super::{AppAddress, Format, ListedRecipe, Recipe, RecipeReader, Values};
use crate::{
    crypto::{Rng, rng::ALPHANUMERIC},
    model::{ClientId, Endpoints, redirect_uri::RedirectUriPattern},
};

/// The length of `{random}`, as applications require it for their encryption key.
const RANDOM_LENGTH: usize = 32;

/// For applications that refuse unverified emails.
const VERIFIED_EMAIL: &str = "It only accepts users with a verified email. To mark an email as verified: \
     pocketid user update NAME --email-verified";

/// A recipe with the address of the application.
#[derive(Debug)]
pub struct ChosenRecipe {
    entry: ListedRecipe,
    address: AppAddress,
    random: String,
}

/// The settings of a client that follow from a recipe. In JSON they have the names of
/// `POST /api/oidc/clients`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RecipeRegistration"))]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// The callback URLs. Without any, the client takes the one of its first completed sign-in.
    #[serde(rename = "callbackURLs", serialize_with = "as_texts")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub redirect_uris: Vec<RedirectUriPattern>,
    /// The logout callback URLs.
    #[serde(rename = "logoutCallbackURLs", serialize_with = "as_texts")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// The URL for back-channel logout.
    pub backchannel_logout_uri: Option<String>,
    /// The front page of the application.
    #[serde(rename = "launchURL")]
    pub launch_url: String,
    /// Whether it is a public client.
    pub is_public: bool,
    /// Whether it always uses PKCE.
    pub pkce_enabled: bool,
}

/// Settings to paste into an application.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RecipeSettings"))]
pub struct Paste {
    /// The name of the recipe.
    pub name: String,
    /// The format of the settings.
    pub format: Format,
    /// The program that reads the variables, if the format is `env`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader: Option<RecipeReader>,
    /// The text to paste.
    pub settings: String,
    /// The file or page that it goes into.
    pub into: String,
    /// Notes for the administrator of the application.
    pub notes: Vec<String>,
    /// The application's own documentation page.
    pub documentation: String,
    /// Whether the secret is in the settings.
    #[serde(skip)]
    pub has_secret: bool,
}

impl ChosenRecipe {
    /// A recipe for the application at an address.
    pub fn new(entry: ListedRecipe, address: AppAddress, rng: &dyn Rng) -> Self {
        let random = rng.text(ALPHANUMERIC, RANDOM_LENGTH).expose().to_owned();
        Self { entry, address, random }
    }

    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.entry.recipe
    }

    /// The settings of the client.
    pub fn registration(&self) -> Result<Registration, String> {
        self.recipe().registration(&self.address)
    }

    /// The settings to paste for a new client.
    pub fn paste(
        &self,
        id: &ClientId,
        secret: Option<&str>,
        endpoints: &Endpoints,
    ) -> Result<Option<Paste>, String> {
        self.render(id, secret, Some(&self.random), endpoints)
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
        let ListedRecipe { name, recipe, .. } = &self.entry;
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

impl Recipe {
    /// The settings of a client for the application at an address.
    pub fn registration(&self, address: &AppAddress) -> Result<Registration, String> {
        let path = self.backchannel_logout.as_ref();
        Ok(Registration {
            redirect_uris: self.redirect_uris(address)?,
            post_logout_redirect_uris: self.post_logout_redirect_uris(address)?,
            backchannel_logout_uri: path.map(|path| format!("{address}{path}")),
            launch_url: address.to_string(),
            is_public: self.public,
            pkce_enabled: self.pkce,
        })
    }
}

fn as_texts<S: Serializer>(
    patterns: &[RedirectUriPattern],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(patterns.iter().map(RedirectUriPattern::as_str))
}
