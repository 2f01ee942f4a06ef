//! The result of `client create`: the client, and its secret, which is shown once.

use clap::builder::styling::Style;
use serde::{Serialize, Serializer};

use super::{
    super::{context::Context, page::Page, report::Outcome},
    from_recipe,
    show::ShownClient,
};
use crate::{
    model::{Client, ClientType},
    operations::clients::NewClientSecret,
    recipe::Paste,
};

/// A new or existing client.
#[derive(Debug, Serialize)]
pub struct CreatedClient {
    #[serde(flatten)]
    shown: ShownClient,
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    secret: Option<NewClientSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipe: Option<Paste>,
    #[serde(skip)]
    is_new: bool,
}

fn exposed<S: Serializer>(
    secret: &Option<NewClientSecret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|new| new.secret.expose()).serialize(serializer)
}

impl CreatedClient {
    /// A new client, and the settings for its application.
    pub fn new(shown: ShownClient, secret: Option<NewClientSecret>, recipe: Option<Paste>) -> Self {
        Self { shown, secret, recipe, is_new: true }
    }

    /// An existing client, and its application's settings without the secret.
    pub fn existing(shown: ShownClient, recipe: Option<Paste>) -> Self {
        Self { shown, secret: None, recipe, is_new: false }
    }

    /// Reports that the client exists already, or that it lacks keys.
    pub fn tell(&self, ctx: &Context) {
        if self.is_new {
            return self.shown.warn_of_missing_keys(ctx);
        }
        let client = self.shown.client();
        let secret = match client.client_type {
            ClientType::Confidential => " Its secret cannot be shown again.",
            ClientType::Public => "",
        };
        let message = format!(
            "The client {} ({}) already exists; nothing was changed.",
            client.name, client.id
        );
        ctx.report().note(message + secret);
    }
}

impl Outcome for CreatedClient {
    /// For a program: the client ID and the secret, one per line; with a recipe, the application's
    /// settings.
    fn write_text(&self, page: &mut Page) {
        if let Some(recipe) = &self.recipe {
            if page.is_terminal() {
                let name = &self.shown.client().name;
                page.styled_line(Style::new().bold(), &format!("Settings for {name}"), "\n");
            }
            return page.line(&recipe.settings);
        }
        page.remark("Client ID:");
        page.line(self.shown.client().id.as_str());
        if let Some(secret) = &self.secret {
            page.remark("\nClient secret, shown only once:");
            page.line(secret.secret.expose());
        }
    }

    /// Notes go to standard error even when the settings go to a file: one of them may say that
    /// password logins no longer work.
    fn notes(&self) -> Option<String> {
        self.recipe.as_ref().map(from_recipe::remarks)
    }

    fn afterword(&self) -> Option<String> {
        let Client { id, name, launch_url, .. } = self.shown.client();
        if self.recipe.is_some() {
            let place = launch_url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
            return Some(format!(
                "\nNext: restart {name} with these settings, and sign in{place}.\n\
                 To look at the client again: pocketid client show {id}"
            ));
        }
        let addresses = self.shown.addresses();
        Some(format!("\n{name} may also ask for some of these addresses:\n\n{addresses}"))
    }

    fn env(&self) -> Vec<(&str, String)> {
        if let Some(lines) = self.recipe.as_ref().and_then(from_recipe::env) {
            return lines;
        }
        let mut lines = self.shown.env();
        if let Some(secret) = &self.secret {
            lines.insert(1, ("OIDC_CLIENT_SECRET", secret.secret.expose().to_owned()));
        }
        lines
    }
}
