//! What `client create` gives: the client, and its secret for the one time that it is shown.

use serde::{Serialize, Serializer};

use super::{
    super::{context::Context, page::Page, report::Outcome},
    from_recipe::{Chosen, Paste},
    secret::NewSecret,
    show::Shown,
};
use crate::model::{ClientType, Endpoints};

/// A client, new or as it was.
#[derive(Debug, Serialize)]
pub struct Created {
    #[serde(flatten)]
    shown: Shown,
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    secret: Option<NewSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipe: Option<Paste>,
    #[serde(skip)]
    is_new: bool,
}

fn exposed<S: Serializer>(secret: &Option<NewSecret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(NewSecret::expose).serialize(serializer)
}

impl Created {
    /// A client that was registered just now.
    pub fn new(shown: Shown, secret: Option<NewSecret>) -> Self {
        Self { shown, secret, recipe: None, is_new: true }
    }

    /// A client that was there.
    pub fn existing(shown: Shown) -> Self {
        Self { shown, secret: None, recipe: None, is_new: false }
    }

    /// With what is pasted into the application: as it was made ready for a new client, or without
    /// anything secret for one that was there.
    pub fn with_recipe(self, ready: Option<Paste>, chosen: &Chosen, endpoints: &Endpoints) -> Self {
        let recipe = match self.is_new {
            true => ready,
            false => chosen.paste_again(&self.shown.client().id, endpoints),
        };
        Self { recipe, ..self }
    }

    /// Tells that the client was there.
    pub fn tell(&self, ctx: &Context) {
        if self.is_new {
            return;
        }
        let client = self.shown.client();
        let secret = match client.client_type {
            ClientType::Confidential => " Its secret cannot be shown again.",
            ClientType::Public => "",
        };
        let message = format!(
            "There is a client {} ({}) already; nothing was changed.",
            client.name, client.id
        );
        ctx.report().note(message + secret);
    }
}

impl Outcome for Created {
    /// For a program: the client ID and the secret, a line each; from a recipe, what is pasted.
    fn write_text(&self, page: &mut Page) {
        if let Some(recipe) = &self.recipe {
            return page.line(recipe.settings());
        }
        page.remark("Client ID:");
        page.line(self.shown.client().id.as_str());
        if let Some(secret) = &self.secret {
            page.remark("\nClient secret, shown this once:");
            page.line(secret.expose());
        }
    }

    /// They go to standard error also when the settings go into a file: one of them may say that
    /// nobody gets in with a password any more.
    fn notes(&self) -> Option<String> {
        self.recipe.as_ref().map(Paste::remarks)
    }

    fn afterword(&self) -> Option<String> {
        if self.recipe.is_some() {
            return None;
        }
        let name = &self.shown.client().name;
        let addresses = self.shown.addresses();
        Some(format!("\n{name} asks for some of these addresses as well:\n\n{addresses}"))
    }

    fn env(&self) -> Vec<(&str, String)> {
        if let Some(lines) = self.recipe.as_ref().and_then(Paste::env) {
            return lines;
        }
        let mut lines = self.shown.env();
        if let Some(secret) = &self.secret {
            lines.insert(1, ("OIDC_CLIENT_SECRET", secret.expose().to_owned()));
        }
        lines
    }
}
