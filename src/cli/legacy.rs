//! Commands under the names that they have in Pocket ID 2.14, for scripts that use them.

use serde::Serialize;

use super::{
    context::Context, error::CliError, page::Page, recover::make_link, report::Outcome, ttl::Ttl,
};

/// Make a link that signs a user in once, as Pocket ID does; see `recover`
#[derive(Debug, clap::Args)]
pub struct OneTimeAccessToken {
    /// User name, e-mail address or id
    #[arg(value_name = "USER")]
    name: String,
}

/// The link, told in Pocket ID's words.
#[derive(Debug, Serialize)]
pub struct Told {
    #[serde(skip)]
    name: String,
    #[serde(flatten)]
    link: super::one_time_link::OneTimeLink,
}

impl OneTimeAccessToken {
    pub fn run(self, ctx: &Context) -> Result<Told, CliError> {
        let link = make_link(ctx, self.name.clone(), Ttl::HOUR)?;
        Ok(Told { name: self.name, link })
    }
}

impl Outcome for Told {
    fn write_text(&self, page: &mut Page) {
        page.line(format!(
            "A one-time access token valid for 1 hour has been created for \"{}\".",
            self.name
        ));
        page.line(format!("Use the following URL to sign in once: {}", self.link.address()));
    }
}
