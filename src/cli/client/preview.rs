//! `pocketid client preview`

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    names::{find_client, find_user},
    page::Page,
    report::Outcome,
};
use crate::{
    model::{Client, Scope, ScopeName, ScopeToken, Timestamp, User},
    operations::clients::may_use,
    server::{ClaimsPreview, PreviewInput, preview_claims},
    store::{StoreError, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client preview grafana alice
  pocketid client preview grafana alice --scope \"openid email\"
  pocketid client preview grafana alice --output json | jq .idToken

Off a terminal the columns are separated by tabs and have no header.";

/// Show the claims about a user that a client would get
///
/// For each scope the claims that it carries, which are in the ID token and in UserInfo. No sign-in
/// takes place. JSON has both as the client gets them, without the claims of a single sign-in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Preview {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Username, email or id
    #[arg(value_name = "USER")]
    user: String,
    /// Only what these scopes carry, separated by spaces; may be repeated. All that the client may ask for
    /// unless given
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
}

/// The claims in total and by scope.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Previewed {
    id_token: Map<String, Value>,
    user_info: Map<String, Value>,
    #[serde(serialize_with = "as_map")]
    by_scope: Vec<(String, Map<String, Value>)>,
    #[serde(skip)]
    obstacle: Option<String>,
}

/// Serializes the scopes as a map, in their order.
fn as_map<S: Serializer>(
    by_scope: &[(String, Map<String, Value>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(by_scope.iter().map(|(scope, claims)| (scope, claims)))
}

impl Preview {
    pub fn run(self, ctx: &Context) -> Result<Previewed, CliError> {
        let issuer = ctx.settings_for_addresses()?.app_url.as_str().to_owned();
        let previewed = ctx.existing_store()?.read_blocking(|tx| {
            let client = find_client(tx, &self.client)?;
            let user = find_user(tx, &self.user)?;
            let scope = self.scope(&client)?;
            let mut claims_of = |scope| {
                let (issuer, jti, now) = (issuer.as_str(), Uuid::nil(), ctx.now());
                preview_claims(tx, &client, &user, PreviewInput { scope, issuer, jti, now })
            };
            let mut by_scope = Vec::new();
            for token in scope.tokens() {
                let of_token = claims_of(Scope::from_iter([token.clone()]))?;
                by_scope.push((token.as_str().to_owned(), carried(of_token, token)));
            }
            let ClaimsPreview { id_token, userinfo } = claims_of(scope)?;
            let obstacle = obstacle(tx, &client, &user, ctx.now())?;
            Ok::<_, CliError>(Previewed { id_token, user_info: userinfo, by_scope, obstacle })
        })?;
        if let Some(obstacle) = &previewed.obstacle {
            ctx.report().warn(obstacle);
        }
        Ok(previewed)
    }

    /// The requested scopes; all allowed ones by default.
    fn scope(&self, client: &Client) -> Result<Scope, CliError> {
        let own = client.claim_rules.iter().filter_map(|rule| rule.scope.as_ref());
        let mut all: Vec<_> = ScopeToken::BUILT_IN.to_vec();
        all.extend(own.map(ScopeName::as_str));
        // A client sends all scopes in one value separated by spaces (RFC 6749 §3.3), which users
        // copy.
        let asked: Vec<_> = self.scopes.iter().flat_map(|names| names.split_whitespace()).collect();
        if let Some(unknown) = asked.iter().find(|name| !all.contains(name)) {
            return Err(CliError::refused(format!("{} may not ask for {unknown}", client.id))
                .hint(format!("allowed: {}", all.join(", "))));
        }
        Ok(Scope::parse(&if asked.is_empty() { all } else { asked }.join(" ")))
    }
}

/// The claims of one scope; `sub` belongs to `openid`.
fn carried(claims: ClaimsPreview, token: &ScopeToken) -> Map<String, Value> {
    let mut claims = claims.userinfo;
    if *token != ScopeToken::Openid {
        claims.remove("sub");
    }
    claims
}

/// The reason why this user could not sign in now.
fn obstacle(
    tx: &mut Tx<'_>,
    client: &Client,
    user: &User,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    if user.disabled {
        return Ok(Some(format!("{} is disabled and cannot sign in", user.username)));
    }
    if !may_use(tx, client, user.id, now)? {
        let (name, client) = (&user.username, &client.id);
        return Ok(Some(format!(
            "{name} is not in a group that may use {client}, and cannot sign in"
        )));
    }
    Ok(None)
}

impl Outcome for Previewed {
    fn write_text(&self, page: &mut Page) {
        let mut rows = Vec::new();
        for (scope, claims) in &self.by_scope {
            for (name, value) in claims {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                rows.push([scope.clone(), name.clone(), value]);
            }
        }
        page.table(
            [
                TableColumn::whole("SCOPE").of_importance(1),
                TableColumn::whole("CLAIM"),
                TableColumn::text("VALUE"),
            ],
            rows,
        );
    }
}
