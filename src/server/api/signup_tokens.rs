//! `/api/signup-tokens`

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    model::{GroupId, SignupToken, SignupTokenId, text::TextError, view::SignupTokenView},
    operations::{
        Noun, Refusal,
        signup_tokens::{self, SignupTokenDraft},
    },
    server::{
        guarded::{Asker, ssh_access::allow_newcomer},
        http::{
            ApiError, Request, Response, api_error::FieldError, duration::Duration, list_query,
        },
        limits,
        route::{Route, delete, get, post},
    },
    store,
};

/// The default lifetime of an invitation, in seconds (Pocket ID 2.14).
const USUAL: i64 = 3_600;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/signup-tokens", list).lists::<SignupTokenView>(),
        post("/api/signup-tokens", create)
            .body(limits::PROFILE)
            .takes::<Wanted>()
            .creates::<SignupTokenView>(),
        delete("/api/signup-tokens/{id}", revoke),
    ]
}

/// `GET`: lists a page of the unexpired invitations, with their tokens.
async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let found = req.page(move |tx, query| store::signup_tokens::page(tx, query, now));
    let master_key = &req.app.key_store().master_key;
    Ok(list_query::respond(&found.await?, |(row, groups)| {
        let token = signup_tokens::open(row, master_key);
        let token = token.as_ref().map_or("", |token| token.expose());
        SignupTokenView::of(row, groups).with_token(token)
    }))
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["usageLimit"])))]
#[serde(rename_all = "camelCase")]
struct Wanted {
    #[serde(default)]
    ttl: Duration,
    #[serde(default)]
    usage_limit: i64,
    #[serde(default)]
    user_group_ids: Vec<String>,
}

impl Wanted {
    /// Checks every field and reports all faults at once.
    fn check(&self) -> Result<(i64, Vec<GroupId>), ApiError> {
        let seconds = self.ttl.or(USUAL);
        match (seconds, check_uses(self.usage_limit)) {
            (Ok(seconds), Ok(())) => {
                // Unknown and malformed ids are ignored (Pocket ID 2.14).
                let groups = self.user_group_ids.iter().filter_map(|id| id.parse().ok());
                Ok((seconds, groups.collect()))
            }
            (seconds, uses) => {
                let uses = uses.err().map(|error| FieldError::new("usageLimit", error));
                Err(ApiError::validation(seconds.err().into_iter().chain(uses).collect()))
            }
        }
    }
}

fn check_uses(uses: i64) -> Result<(), TextError> {
    const MAX: i64 = SignupToken::MAX_USES;
    let fault = |code, message: String| Err(TextError { code, message });
    match uses {
        0 => Err(TextError::required()),
        ..0 => fault("too_short", "must be at least 1 characters long".to_owned()),
        1..=MAX => Ok(()),
        _ => fault("too_long", format!("must be at most {MAX} characters long")),
    }
}

/// `POST`: creates an invitation.
async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Wanted>().await?;
    let (seconds, groups) = req.body.check()?;
    let draft = SignupTokenDraft {
        token: SignupToken::draw(req.app.rng()),
        master_key: req.app.key_store().master_key.clone(),
        usage_limit: req.body.usage_limit,
        seconds,
        groups,
    };
    let token = draft.token.clone();
    let asker = Asker::of(&req);
    let made = req.act(draft, move |act, draft| {
        allow_newcomer(act, &asker, draft.groups.iter().copied())?;
        Ok::<_, ApiError>(signup_tokens::create(act, draft)?)
    });
    let made = made.await?;
    let view = SignupTokenView::of(&made.row, &made.groups).with_token(token.expose());
    Ok(Response::json(&view).status(StatusCode::CREATED))
}

/// `DELETE .../{id}`: deletes an invitation. An unknown id also succeeds (Pocket ID 2.14).
async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let Ok(id) = id.parse::<SignupTokenId>() else { return Ok(Response::no_content()) };
    match req.act(id, |act, id| signup_tokens::delete(act, *id)).await {
        Ok(()) | Err(Refusal::NotFound(Noun::SignupToken)) => Ok(Response::no_content()),
        Err(refusal) => Err(refusal.into()),
    }
}
