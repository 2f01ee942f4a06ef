//! `/api/custom-claims`

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    model::{ClaimName, ClaimOwner, ClaimValue, CustomClaim},
    operations::{self, Noun, Refusal, custom_claims::ClaimsChanged, groups, users},
    server::{
        http::{ApiError, Request, Response, api_error::FieldError},
        limits,
        route::{Route, get, put},
    },
    store::custom_claims,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/custom-claims/suggestions", suggestions).gives::<Vec<ClaimName>>(),
        put("/api/custom-claims/user/{id}", replace_of_user)
            .body(limits::PROFILE)
            .takes::<Vec<Claim>>()
            .gives::<Vec<CustomClaim>>(),
        put("/api/custom-claims/user-group/{id}", replace_of_group)
            .body(limits::PROFILE)
            .takes::<Vec<Claim>>()
            .gives::<Vec<CustomClaim>>(),
    ]
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["key", "value"])))]
struct Claim {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

/// `GET .../suggestions`: lists the names of custom claims, the most used first.
async fn suggestions(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    Ok(Response::json(&req.read_in_line(custom_claims::names).await?))
}

/// `PUT .../user/{id}`: replaces the custom claims of a user.
async fn replace_of_user(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Vec<Claim>>().await?;
    let id = super::id(&id, || Refusal::NotFound(Noun::User).into())?;
    let replaced = req.act(check(&req.body)?, move |act, wanted| {
        users::require(act, id)?;
        operations::custom_claims::set(act, ClaimOwner::User(id), wanted)
    });
    Ok(respond(&replaced.await?))
}

/// `PUT .../user-group/{id}`: replaces the custom claims of a group.
async fn replace_of_group(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Vec<Claim>>().await?;
    let id = super::id(&id, || Refusal::NotFound(Noun::Group).into())?;
    let replaced = req.act(check(&req.body)?, move |act, wanted| {
        groups::require(act, id)?;
        operations::custom_claims::set(act, ClaimOwner::Group(id), wanted)
    });
    Ok(respond(&replaced.await?))
}

/// Checks every field of every claim and reports all faults at once. A reserved name is a separate
/// error.
fn check(claims: &[Claim]) -> Result<Vec<CustomClaim>, ApiError> {
    let (mut checked, mut faults) = (Vec::new(), Vec::new());
    for claim in claims {
        let name: Result<ClaimName, _> = claim.key.parse();
        let value: Result<ClaimValue, _> = claim.value.parse();
        match (name, value) {
            (Ok(name), Ok(value)) => checked.push(CustomClaim { name, value }),
            (name, value) => {
                faults.extend(name.err().map(|error| FieldError::new("key", error)));
                faults.extend(value.err().map(|error| FieldError::new("value", error)));
            }
        }
    }
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    match checked.iter().find(|claim| claim.name.is_reserved()) {
        Some(claim) => Err(reserved(&claim.name)),
        None => Ok(checked),
    }
}

fn reserved(name: &ClaimName) -> ApiError {
    let message = format!("Claim {name} is reserved and can't be used");
    let error = ApiError::new(StatusCode::BAD_REQUEST, "reserved_claim", message);
    match ClaimName::from_chosen(name.as_str()) {
        Err(fault) => error.about(FieldError::new("key", fault)),
        Ok(_) => error,
    }
}

fn respond(changed: &ClaimsChanged) -> Response {
    Response::json(&changed.claims)
}
