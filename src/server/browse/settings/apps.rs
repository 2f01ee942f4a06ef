//! `/settings/apps`

use url::Url;

use super::enter::{Visit, answer};
use crate::{
    model::{Client, Logos, Timestamp},
    server::{
        browse::{Page, logo_path, time},
        http::Request,
        pages::{AppCard, AppsPage, Heading},
    },
    store::{
        StoreError,
        client_lists::{self, AccessibleClient, AuthorizedClient},
        list::{ListQuery, MAX_PAGE},
    },
};

const PATH: &str = "/settings/apps";

/// `GET /settings/apps`
pub(super) async fn show(req: Request) -> Page {
    let visit = Visit::of_user(req, PATH).await?;
    let (user_id, now) = (visit.req.who.user.id, visit.req.head.now);
    let read = visit.req.read_in_line(move |tx| {
        let all = ListQuery { limit: MAX_PAGE, ..ListQuery::default() };
        let launched = ("hasLaunchURL".to_owned(), vec!["true".to_owned()]);
        let query = ListQuery { filters: vec![launched], ..all.clone() };
        let apps = client_lists::page_of_accessible(tx, user_id, &query, now)?.items;
        Ok::<_, StoreError>((apps, client_lists::page_of_authorized(tx, user_id, &all)?.items))
    });
    let (apps, authorized) = read.await?;
    let is_authorized = |client: &Client| authorized.iter().any(|one| one.client.id == client.id);
    let cards: Vec<_> = apps.iter().map(|app| card_of(app, is_authorized(&app.client))).collect();
    let is_shown = |client: &Client| apps.iter().any(|app| app.client.id == client.id);
    let others = authorized.iter().filter(|one| !is_shown(&one.client)).map(card_of_other);
    let others: Vec<_> = others.collect();
    let Visit { layout, frame, .. } = visit;
    let heading = Heading::of(&layout, "nav.apps", "apps.about");
    answer(&AppsPage { heading, apps: cards, others, layout, frame })
}

fn card_of(app: &AccessibleClient, is_authorized: bool) -> AppCard {
    card(&app.client, app.logos, app.last_used_at, is_authorized)
}

fn card_of_other(app: &AuthorizedClient) -> AppCard {
    card(&app.client, app.logos, Some(app.last_used_at), true)
}

fn card(
    client: &Client,
    logos: Logos,
    last_used_at: Option<Timestamp>,
    is_authorized: bool,
) -> AppCard {
    let launch = client.launch_url.as_ref().map(|address| {
        let url = Url::parse(address).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or(address).to_owned();
        (address.clone(), host)
    });
    AppCard {
        path: client.id.to_path(),
        name: client.name.to_string(),
        description: client.description.as_ref().map(ToString::to_string).unwrap_or_default(),
        logo: logos.light.then(|| logo_path(client)),
        launch,
        last_used: last_used_at.map(time),
        is_authorized,
    }
}
