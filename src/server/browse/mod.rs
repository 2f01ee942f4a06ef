//! The pages: access checks and the data to render. Pages only read; the API writes.

mod device;
mod routes;
mod settings;
mod signup;
mod ways_in;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hyper::{
    StatusCode,
    header::{CACHE_CONTROL, CONTENT_ENCODING, VARY},
};

pub(super) use self::routes::routes;
use super::{
    App, assets,
    failure::{AnsweredCaller, PageError, render},
    http::{ApiError, Authorised, Request, Response, compression::accepts_gzip},
    messages::{Locale, Messages},
    oidc::{
        end_session::onward_of,
        interactions::{LiveInteraction, find_live},
    },
    onward::local_path,
    pages::{
        InteractionPage, Layout, LoginPage, LogoutPage, OneTimeLinkPage, PageProblem, PasskeyRow,
        Profile, Refused, SessionRow, SetupDonePage, SetupPage, ShownAccount, Time,
        describe_browser, initials, theme,
    },
    setup_code::is_asked,
};
use crate::{
    crypto::BearerToken,
    model::{
        AppConfig, Client, Passkey, Session, SessionId, Timestamp, User, app_config::UserSignups,
    },
    oidc::Params,
    operations::clients::may_use,
    store::{self, interactions, users},
};

type Page = Result<Response, PageError>;

/// Leads to the setup while no account exists: sign-in is impossible then.
async fn require_set_up(app: &App) -> Result<(), PageError> {
    if app.store().read(users::anybody_exists).await? {
        Ok(())
    } else {
        Err(PageError::elsewhere("/setup"))
    }
}

/// `GET /setup`
async fn setup(req: Request) -> Page {
    let req = req.find_user().await?;
    let caller = AnsweredCaller::of(&req.head);
    if req.who.is_some() {
        // The user is signed in, so setup has begun; its remaining steps are on the account page.
        return Ok(Response::redirect(StatusCode::FOUND, "/settings/account"));
    }
    let now = req.head.now;
    Ok(match req.app.store().read(move |tx| store::setup::opening(tx, now)).await? {
        Some(opening) => render(&SetupPage {
            layout: caller.layout(&req.app, None),
            asks_for_code: is_asked(req.app.settings().ask_for_setup_code, &opening),
            email_required: req.app.config().require_user_email(),
            signup: None,
            redirect: None,
        }),
        None => render(&SetupDonePage { layout: caller.layout(&req.app, None) }),
    })
}

/// `GET /login?redirect=`; `ended` means that a session ended while its page was open.
async fn login(req: Request) -> Page {
    let req = req.find_user().await?;
    let redirect = local_redirect(&req);
    if req.who.is_some() {
        let config = req.app.config();
        let path = redirect.as_deref().unwrap_or(config.home_page_url());
        return Ok(Response::redirect(StatusCode::FOUND, path));
    }
    require_set_up(&req.app).await?;
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    Ok(render(&LoginPage {
        layout: AnsweredCaller::of(&req.head).layout(&req.app, None),
        redirect,
        has_ended: query.value("ended").is_some(),
        may_sign_up: req.app.config().allow_user_signups() == UserSignups::Open,
    }))
}

/// `GET /logout`, also with the parameters of a client that sent its user here.
async fn logout(req: Request) -> Page {
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    let req = req.with_body(query).find_user_on_any_device().await?;
    let onward = onward_of(&req).await?;
    let refused = req.body.value("refused").and_then(Refused::parse);
    let user = req.who.as_ref().map(|who| &who.user);
    Ok(render(&LogoutPage {
        layout: AnsweredCaller::of(&req.head).layout(&req.app, user),
        onward,
        refused,
    }))
}

/// `GET /lc`, and `/lc?code=`
async fn one_time_code(req: Request) -> Page {
    one_time_page(req, None).await
}

/// `GET /lc/CODE`
async fn one_time_link(req: Request, code: String) -> Page {
    one_time_page(req, Some(code)).await
}

async fn one_time_page(req: Request, code: Option<String>) -> Page {
    let req = req.find_user().await?;
    require_set_up(&req.app).await?;
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    let code = code.or_else(|| query.value("code").map(str::to_owned));
    let user = req.who.as_ref().map(|who| &who.user);
    Ok(render(&OneTimeLinkPage {
        layout: AnsweredCaller::of(&req.head).layout(&req.app, user),
        code: code.map(|code| code.chars().take(32).collect()),
        redirect: local_redirect(&req),
    }))
}

/// `GET /interaction?interaction=ID`
async fn interaction(req: Request) -> Page {
    let req = req.find_user().await?;
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    let token = query.value("interaction").and_then(|id| BearerToken::parse("", id));
    let token = token.ok_or(PageProblem::InteractionExpired)?;
    let (lookup, now) = (token.clone(), req.head.now);
    match req.app.store().read(move |tx| interactions::find(tx, &lookup, now)).await? {
        None => return Err(PageProblem::InteractionExpired.into()),
        Some(interactions::FoundInteraction::Consumed) => {
            return Err(PageProblem::InteractionUsed.into());
        }
        Some(interactions::FoundInteraction::Live(_)) => {}
    }
    let (lookup, app) = (token.clone(), req.app.clone());
    let user_id = req.who.as_ref().map(|who| who.user.id);
    let found = req.app.store().read(move |tx| {
        let live = find_live(tx, &app, &lookup, now)?;
        let may_use =
            user_id.map_or(Ok(true), |user_id| may_use(tx, &live.client, user_id, now))?;
        Ok::<_, ApiError>((live, may_use))
    });
    let (live, may_use) = found.await.map_err(|error| {
        PageError::from(PageProblem::InteractionExpired).because(format!("{error:?}"))
    })?;
    let resume = format!("/authorize?interaction={}", token.expose());
    let Some(step) = live.interaction.steps.first().copied() else {
        return Ok(Response::redirect(StatusCode::FOUND, &resume));
    };
    let user = req.who.as_ref().map(|who| &who.user);
    // The steps belong to one user. For any other user, such as one just signed in with a one-time
    // code, `/authorize` determines the steps. It also refuses users that may not use the client.
    if !may_use || live.interaction.user_id != user_id {
        return Ok(Response::redirect(StatusCode::FOUND, &resume));
    }
    let mut caller = AnsweredCaller::of(&req.head);
    let wanted = live.request.ui_locales.as_deref().and_then(Locale::first_of);
    caller.locale = wanted.unwrap_or(caller.locale);
    let layout = caller.layout(&req.app, user);
    Ok(render(&interaction_page(layout, &token, live, step, user)))
}

fn interaction_page(
    layout: Layout,
    token: &BearerToken,
    live: LiveInteraction,
    current_step: crate::model::Step,
    user: Option<&User>,
) -> InteractionPage {
    InteractionPage {
        layout,
        interaction_id: token.expose().to_owned(),
        client_logo: live.logos.light.then(|| logo_path(&live.client)),
        client_host: live.client.id.host(),
        is_self_registered: live.client.is_self_registered(),
        client_initials: initials(live.client.name.as_str()),
        client_name: live.client.name.to_string(),
        client_launch_url: live.client.launch_url,
        current_step,
        scopes: live.request.shown_scopes(),
        api: live.request.resource.as_ref().map(ToString::to_string),
        user: user.map(account_of),
        redirect_host: live.request.reply_to.redirect.destination(),
        is_first_use: live.request.reply_to.is_first_use,
        login_hint: live.request.login_hint,
    }
}

fn logo_path(client: &Client) -> String {
    format!("/api/oidc/clients/{}/logo", client.id.to_path())
}

fn account_of(user: &User) -> ShownAccount {
    ShownAccount {
        display_name: user.shown_name(),
        username: user.username.to_string(),
        email: user.email.as_ref().map(ToString::to_string),
    }
}

/// `GET /interaction/error?error=`: for links of Pocket ID. The error text in a URL is not shown,
/// since an attacker can write a URL; the code only selects one of our own messages.
async fn interaction_error(req: Request) -> Page {
    let req = req.public();
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    Err(PageError::from(match query.value("error") {
        Some("access_denied") => PageProblem::Denied,
        Some("server_error" | "temporarily_unavailable") => PageProblem::Unavailable,
        _ => PageProblem::InteractionExpired,
    }))
}

/// `GET /assets/{version}/{file}`
async fn asset(req: Request, version: String, file: String) -> Page {
    let req = req.public();
    if file == "theme.css" {
        return Ok(theme_sheet(&req.app.config(), &req.head.query));
    }
    let asset = assets::find(&version, &file).ok_or(PageProblem::NotFound)?;
    // The URL contains the version: its content never changes.
    let zipped = accepts_gzip(&req.head.headers).then(|| assets::compressed(&file)).flatten();
    let response = match zipped {
        Some(bytes) => Response::bytes(asset.content_type, bytes).header(CONTENT_ENCODING, "gzip"),
        None => Response::bytes(asset.content_type, asset.bytes),
    };
    Ok(response
        .header(VARY, "Accept-Encoding")
        .header(CACHE_CONTROL, "public, max-age=31536000, immutable"))
}

/// Serves the theme. The content under its version never changes either. A server that has not
/// noticed a theme change yet must not have the old theme cached under the new version.
fn theme_sheet(config: &AppConfig, version: &str) -> Response {
    let is_current = theme::version(config).is_some_and(|current| current == version);
    let caching = if is_current { "public, max-age=31536000, immutable" } else { "no-store" };
    let css = theme::style_sheet(config).unwrap_or_default();
    Response::bytes("text/css; charset=utf-8", css).header(CACHE_CONTROL, caching)
}

fn profile(user: &User) -> Profile {
    Profile {
        username: user.username.to_string(),
        first_name: user.first_name.to_string(),
        last_name: user.last_name.to_string(),
        display_name: user.display_name.to_string(),
        shown_name: user.shown_name(),
        email: user.email.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

fn passkey_row(passkey: &Passkey) -> PasskeyRow {
    PasskeyRow {
        id: passkey.id.to_string(),
        credential: URL_SAFE_NO_PAD.encode(&passkey.credential_id),
        name: passkey.name.to_string(),
        added: time(passkey.created_at),
        last_used: passkey.last_used_at.map(time),
        synced: passkey.backup_state,
    }
}

/// Lists the current session first, then the others, newest first.
fn session_rows(
    mut sessions: Vec<Session>,
    current: SessionId,
    demands_keys: bool,
    messages: &Messages,
) -> Vec<SessionRow> {
    sessions.sort_by_key(|session| session.id != current);
    let row = |session| session_row(session, Some(current), demands_keys, messages);
    sessions.into_iter().map(row).collect()
}

fn session_row(
    session: Session,
    current: Option<SessionId>,
    demands_keys: bool,
    messages: &Messages,
) -> SessionRow {
    SessionRow {
        bound: demands_keys && session.has_shown_key(),
        id: session.id.to_string(),
        device: describe_browser(&session.user_agent, messages),
        ip_address: session.ip_address,
        signed_in: time(session.created_at),
        last_used: time(session.last_used_at),
        current: Some(session.id) == current,
    }
}

fn time(moment: Timestamp) -> Time {
    Time::at(moment.as_unix())
}

/// Returns the path in `redirect`, if it belongs to this site.
fn local_redirect<W>(req: &Authorised<W>) -> Option<String> {
    let query = Params::parse(req.head.query.as_bytes()).ok()?;
    local_path(&req.app, query.value("redirect")?)
}
