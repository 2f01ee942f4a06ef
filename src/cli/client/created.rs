//! What `client create` gives: the client, and its secret for the one time that it is shown.

use serde::{Serialize, Serializer};

use super::{
    super::{context::Context, page::Page, report::Outcome},
    secret::NewSecret,
    show::Shown,
};
use crate::model::ClientType;

/// A client, new or as it was.
#[derive(Debug, Serialize)]
pub struct Created {
    #[serde(flatten)]
    shown: Shown,
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    secret: Option<NewSecret>,
    #[serde(skip)]
    is_new: bool,
}

fn exposed<S: Serializer>(secret: &Option<NewSecret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(NewSecret::expose).serialize(serializer)
}

impl Created {
    /// A client that was registered just now.
    pub fn new(shown: Shown, secret: Option<NewSecret>) -> Self {
        Self { shown, secret, is_new: true }
    }

    /// A client that was there.
    pub fn existing(shown: Shown) -> Self {
        Self { shown, secret: None, is_new: false }
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
    /// For a program: the client ID and the secret, a line each.
    fn write_text(&self, page: &mut Page) {
        page.remark("Client ID:");
        page.line(self.shown.client().id.as_str());
        if let Some(secret) = &self.secret {
            page.remark("\nClient secret, shown this once:");
            page.line(secret.expose());
        }
    }

    fn afterword(&self) -> Option<String> {
        let name = &self.shown.client().name;
        let addresses = self.shown.addresses();
        Some(format!("\n{name} asks for some of these addresses as well:\n\n{addresses}"))
    }

    fn env(&self) -> Vec<(&'static str, String)> {
        let mut lines = self.shown.env();
        if let Some(secret) = &self.secret {
            lines.insert(1, ("OIDC_CLIENT_SECRET", secret.expose().to_owned()));
        }
        lines
    }
}
