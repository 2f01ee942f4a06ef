//! One client.

use super::{
    super::enter::{Visit, answer},
    PATH,
    tabs::{self as content, AskedTab},
};
use crate::{
    model::{ClientId, Endpoints},
    operations::{Refusal, clients},
    server::{
        browse::{Page, logo_path},
        http::Request,
        pages::{ClientPage, ClientTab, Heading, PageProblem, current_tab, tabs},
    },
};

const TABS: &[(&str, &str)] = &[
    ("general", "tab.general"),
    ("credentials", "tab.credentials"),
    ("groups", "clients.who"),
    ("claims", "tab.claims"),
    ("apis", "nav.apis"),
    ("scim", "tab.scim"),
    ("preview", "clients.preview"),
];

/// `GET /settings/admin/oidc-clients/{id}`
pub(in crate::server::browse::settings) async fn show(req: Request, path: String) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let id = ClientId::from_path(&path).ok_or(PageProblem::NotFound)?;
    let tab = current_tab(TABS, visit.asked_tab().as_deref());
    let asked = AskedTab::of(&visit, tab);
    let read = visit.req.app.store().read(move |tx| {
        let parts = clients::require(tx, &id).and_then(|client| Ok(clients::load(tx, client)?))?;
        let content = content::load(tx, &parts, &asked)?;
        Ok::<_, Refusal>((parts, content))
    });
    let (parts, tab_content): (_, ClientTab) = read.await?;
    let Visit { req, layout, frame } = visit;
    let settings = req.app.settings();
    let client = parts.client;
    answer(&ClientPage {
        heading: Heading::below(PATH, "nav.clients", client.name.to_string()),
        tabs: tabs(&format!("{PATH}/{}", client.id.to_path()), TABS, tab),
        tab: tab_content,
        logo: parts.logos.light.then(|| logo_path(&client)),
        is_metadata_client: client.id.is_url(),
        endpoints: Endpoints::new(settings.app_url.as_str(), settings.internal_app_url.as_str()),
        path: client.id.to_path(),
        id: client.id.to_string(),
        layout,
        frame,
    })
}
