//! `pocketid api-key create`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context,
    error::CliError,
    names::find_user,
    page::Page,
    report::Outcome,
    ttl::{self, Ttl},
};
use crate::{
    crypto::{Digest, Secret},
    model::{ApiKey, ApiKeyDescription, ApiKeyName, Timestamp, User, view::ApiKeyView},
    operations::api_keys::{self as operations, ApiKeyDraft},
    store::{Tx, api_keys, sessions::OnWordOf},
};

const EXAMPLES: &str = "\
Examples:
  pocketid api-key create backup --for alice
  umask 077; pocketid api-key create backup --for alice --expires 365d > backup.key
  curl -H \"X-API-Key: $(cat backup.key)\" https://id.example.com/api/users/me";

/// Create an API key
///
/// It is printed only once, alone on its line; only its digest is stored. Programs send it in the header
/// X-API-Key, and may then do what its owner may.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Name of the key
    #[arg(value_name = "NAME")]
    name: ApiKeyName,
    /// Owner of the key: username, email or id
    #[arg(long = "for", value_name = "USER")]
    owner: String,
    /// How long it works, up to 3650d
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = ttl::parse_of_secret)]
    expires: Ttl,
    /// Description of the key
    #[arg(long, value_name = "TEXT")]
    description: Option<ApiKeyDescription>,
    /// Do nothing when the user has a key of this name that works
    #[arg(long)]
    if_absent: bool,
}

/// An API key; a new one with its plaintext, which is shown once.
#[derive(Debug)]
pub struct CreatedApiKey {
    row: ApiKey,
    key: Option<Secret>,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<CreatedApiKey, CliError> {
        let key = ApiKey::draw(ctx.rng().as_ref());
        let digest = Digest::of(key.expose());
        let name = self.name.clone();
        let (row, is_new) = ctx.act(ctx.existing_store()?, self, move |act, asked| {
            let user = find_user(act, &asked.owner)?;
            let now = act.now();
            if let Some(existing) = asked.find_existing(act, &user, now)? {
                return Ok((existing, false));
            }
            let draft = ApiKeyDraft {
                user_id: user.id,
                name: asked.name.clone(),
                description: asked.description.clone(),
                expires_at: now.plus(asked.expires.seconds()),
                digest,
            };
            let row = operations::create(act, &draft, OnWordOf::Operator)?;
            Ok::<_, CliError>((row, true))
        })?;
        if !is_new {
            ctx.report().note(format!("The key {name} already exists; nothing was changed."));
        }
        Ok(CreatedApiKey { row, key: is_new.then_some(key) })
    }

    /// Finds a working key of this name; refuses it unless `--if-absent` is given.
    fn find_existing(
        &self,
        tx: &mut Tx<'_>,
        user: &User,
        now: Timestamp,
    ) -> Result<Option<ApiKey>, CliError> {
        let keys = api_keys::list_of_user(tx, user.id)?;
        let mut live = keys.into_iter().filter(|key| key.name == self.name && key.is_live(now));
        let (username, name) = (&user.username, &self.name);
        match live.next() {
            Some(key) if self.if_absent => Ok(Some(key)),
            Some(_) => Err(CliError::refused(format!("{username} already has a key {name}"))
                .hint("add --if-absent to keep it unchanged, or choose another name")),
            None => Ok(None),
        }
    }
}

impl Serialize for CreatedApiKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct View<'a> {
            api_key: ApiKeyView,
            #[serde(skip_serializing_if = "Option::is_none")]
            token: Option<&'a str>,
        }
        let token = self.key.as_ref().map(Secret::expose);
        View { api_key: ApiKeyView::of(&self.row), token }.serialize(serializer)
    }
}

impl Outcome for CreatedApiKey {
    fn write_text(&self, page: &mut Page) {
        if let Some(key) = &self.key {
            page.remark(format!(
                "API key, shown only once, valid until {}:",
                page.moment(self.row.expires_at)
            ));
            page.line(key.expose());
        }
    }
}
