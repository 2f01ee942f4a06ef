//! `POST /api/recipes/{name}/clients`

use std::collections::BTreeSet;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::library::{address, with_library, wrong_address};
use crate::{
    model::{
        ClientId, ClientName, ClientType, Endpoints, GroupId, text::TextError, view::ClientView,
    },
    operations::{
        Act, Change, Refusal,
        clients::{self, ClientChange, ClientDraft, NewClient},
    },
    recipe::{ChosenRecipe, Paste, Registration},
    server::http::{ApiError, Request, Response, api_error::FieldError},
};

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["url"])))]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ClientOfRecipeBody {
    /// The address of the application.
    url: String,
    /// The name of the client; the title of the recipe if it is absent.
    name: String,
    /// The id of the client; a random one if it is absent.
    id: String,
    /// If set, only members of these groups may use the client.
    user_group_ids: Vec<GroupId>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ClientOfRecipe<'a> {
    #[serde(flatten)]
    client: &'a ClientView,
    /// The secret, which is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    /// The settings to paste into the application. The secret is in them, too.
    recipe: Option<Paste>,
}

/// Registers a client with the settings of a recipe, and answers with the settings to paste into
/// its application.
pub(super) async fn create(req: Request, name: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ClientOfRecipeBody>().await?;
    let entry = with_library(&req.app, move |library| library.find(&name)).await??;
    let chosen = ChosenRecipe::new(entry, address(&req.body.url)?, req.app.rng());
    let draft = draft(&req.body, &chosen)?;
    let settings = req.app.settings();
    let endpoints = Endpoints::new(settings.app_url.as_str(), settings.internal_app_url.as_str());
    let now = req.head.now;
    let created = req.act((draft, chosen), move |act, (draft, chosen)| {
        let NewClient { client, secret } = register(act, draft)?;
        let secret = secret.map(|new| new.secret);
        let text = secret.as_ref().map(|secret| secret.expose());
        let paste = chosen.paste(&client.id, text, &endpoints).map_err(unwritable)?;
        let view = ClientView::of(&clients::load(act, client)?, now);
        Ok::<_, ApiError>((view, secret, paste))
    });
    let (client, secret, recipe) = created.await?;
    let secret = secret.as_ref().map(|secret| secret.expose());
    let created = ClientOfRecipe { client: &client, secret, recipe };
    Ok(Response::json(&created).status(StatusCode::CREATED))
}

fn register(act: &mut Act<'_, '_>, draft: &ClientDraft) -> Result<NewClient, Refusal> {
    if let Change::Set(groups) = &draft.settings.groups {
        for group in groups {
            crate::operations::groups::require(act, *group)?;
        }
    }
    clients::create(act, draft)
}

fn draft(wanted: &ClientOfRecipeBody, chosen: &ChosenRecipe) -> Result<ClientDraft, ApiError> {
    let mut faults = Vec::new();
    let name = if wanted.name.is_empty() { &chosen.recipe().title } else { &wanted.name };
    let name = name.parse::<ClientName>();
    let id = match wanted.id.as_str() {
        "" => Ok(None),
        id => ClientId::from_chosen(id).map(Some),
    };
    faults.extend(name.as_ref().err().map(|error| fault("name", error)));
    faults.extend(id.as_ref().err().map(|error| fault("id", error)));
    let (Ok(name), Ok(id)) = (name, id) else { return Err(ApiError::validation(faults)) };
    let registration = chosen.registration().map_err(|what| wrong_address(&what))?;
    let settings = settings(registration, wanted.user_group_ids.iter().copied().collect());
    Ok(ClientDraft { id, name, has_secret: true, settings })
}

fn fault(field: &'static str, error: &TextError) -> FieldError {
    FieldError::new(field, error.clone())
}

fn settings(registration: Registration, groups: BTreeSet<GroupId>) -> ClientChange {
    let client_type =
        if registration.is_public { ClientType::Public } else { ClientType::Confidential };
    ClientChange {
        client_type: Change::Set(client_type),
        redirect_uris: Change::Set(registration.redirect_uris),
        post_logout_redirect_uris: Change::Set(registration.post_logout_redirect_uris),
        backchannel_logout_uri: Change::Set(registration.backchannel_logout_uri),
        launch_url: Change::Set(Some(registration.launch_url)),
        requires_pkce: Change::Set(registration.pkce_enabled || registration.is_public),
        is_group_restricted: Change::Set(!groups.is_empty()),
        groups: Change::Set(groups),
        ..ClientChange::default()
    }
}

/// A value that the format of the settings cannot hold.
fn unwritable(what: String) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "validation_failed", what)
}
