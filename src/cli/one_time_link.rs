//! The one-time link and code of `recover`, `setup` and `user add --login-link`.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{context::Context, error::CliError, page::Page, report::Outcome, ttl::Ttl};
use crate::{
    crypto::Secret,
    model::{Timestamp, User, Username, one_time_access_token::OneTimeAccessToken},
    operations::{
        Act, Refusal,
        one_time_access::{self, OneTimeAccessDraft},
    },
    settings::AppUrl,
};

/// A link that is not stored yet.
#[derive(Debug, Clone)]
pub struct NewLink {
    token: OneTimeAccessToken,
    draft: OneTimeAccessDraft,
    ttl: Ttl,
    app_url: AppUrl,
}

impl NewLink {
    /// Generates the code.
    pub fn generate(ctx: &Context, ttl: Ttl) -> Result<Self, CliError> {
        let seconds = ttl.seconds();
        let token = OneTimeAccessToken::generate(seconds, ctx.rng().as_ref());
        let draft = OneTimeAccessDraft::of(&token, seconds, ctx.master_key()?.codes());
        let app_url = ctx.settings_for_addresses()?.app_url.clone();
        Ok(Self { token, draft, ttl, app_url })
    }

    /// The code.
    pub fn code(&self) -> Secret {
        Secret::new(self.token.expose())
    }

    /// How the code is stored.
    pub fn draft(&self) -> &OneTimeAccessDraft {
        &self.draft
    }

    /// The link, once it is stored for a user.
    pub fn stored(&self, user: &User, expires_at: Timestamp) -> OneTimeLink {
        OneTimeLink {
            username: user.username.clone(),
            token: self.token.clone(),
            expires_at,
            ttl: self.ttl,
            app_url: self.app_url.clone(),
        }
    }

    /// Stores the link for a user.
    pub fn insert(&self, act: &mut Act<'_, '_>, user: &User) -> Result<OneTimeLink, Refusal> {
        let expires_at = one_time_access::create(act, user, &self.draft)?;
        Ok(self.stored(user, expires_at))
    }
}

/// A link that signs a user in once.
#[derive(Debug)]
pub struct OneTimeLink {
    username: Username,
    token: OneTimeAccessToken,
    expires_at: Timestamp,
    ttl: Ttl,
    app_url: AppUrl,
}

impl OneTimeLink {
    /// The address. It signs the user in like a passkey, until it is used or expires.
    pub fn address(&self) -> String {
        self.app_url.join(&format!("/lc/{}", self.token.expose()))
    }
}

impl Serialize for OneTimeLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("OneTimeLink", 4)?;
        fields.serialize_field("username", &self.username)?;
        fields.serialize_field("token", self.token.expose())?;
        fields.serialize_field("link", &self.address())?;
        fields.serialize_field("expiresAt", &self.expires_at)?;
        fields.end()
    }
}

impl Outcome for OneTimeLink {
    /// For a program: the link, the code and their expiry, one per line.
    fn write_text(&self, page: &mut Page) {
        let expires_at = page.moment(self.expires_at);
        page.remark(format!(
            "Open this link to sign in as {}, and add a passkey:\n",
            self.username
        ));
        page.line(self.address());
        page.remark(format!("\nOr type this code at {}:\n", self.app_url.join("/lc")));
        page.line(self.token.expose());
        if !page.is_terminal() {
            return page.line(expires_at);
        }
        page.sentence(format!("\nThey work once, within {} (until {expires_at}).", self.ttl));
        page.sentence("Everyone who has them can sign in: hand them over in private.");
        page.qr_code(&self.address());
    }
}
