//! `/settings/admin/services/new`, and the credentials on the page of a service

use super::{
    enter::{Visit, answer},
    issuers::issuer_row,
    words::all_groups,
};
use crate::{
    model::{Client, ServiceIdentity, UserId},
    operations::{Refusal, services},
    server::{
        browse::{Page, time},
        http::Request,
        pages::{Heading, NewServicePage, Pick, ServiceForm, UserTab},
    },
    store::{Tx, clients},
};

const USERS: &str = "/settings/admin/users";

/// `GET /settings/admin/services/new`
pub(super) async fn new(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, USERS).await?;
    let picks = all_groups(&req.app).await?;
    let heading = Heading {
        about: Some(layout.t("services.add_about").to_owned()),
        ..Heading::below(USERS, "nav.users", layout.t("services.add"))
    };
    answer(&NewServicePage { heading, picks, layout, frame })
}

/// How a service proves who it is, and which clients it may use.
pub(super) fn credentials(tx: &mut Tx<'_>, id: UserId) -> Result<UserTab, Refusal> {
    let identity = services::require(tx, id)?.identity;
    let clients = clients::list(tx)?.into_iter();
    // A client that nobody registered here may be gone tomorrow.
    let is_registered = |client: &Client| !client.id.is_url() && !client.is_self_registered();
    let is_shown = |client: &Client| is_registered(client) || identity.clients.contains(&client.id);
    let clients = clients.filter(is_shown).map(|client| pick(&client, &identity)).collect();
    let jwks = identity.keys.jwks.as_ref();
    Ok(UserTab::Credentials(ServiceForm {
        last_token: identity.last_used_at.map(time),
        clients,
        issuers: identity.keys.federated_identities.iter().map(issuer_row).collect(),
        jwks: jwks.and_then(|set| serde_json::to_string_pretty(set).ok()).unwrap_or_default(),
    }))
}

fn pick(client: &Client, identity: &ServiceIdentity) -> Pick {
    Pick {
        is_picked: identity.clients.contains(&client.id),
        is_fixed: false,
        value: client.id.to_string(),
        label: client.name.to_string(),
        detail: client.id.to_string(),
    }
}
