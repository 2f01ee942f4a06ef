//! The pages on which a user lets a device in.

use std::sync::Arc;

use hyper::StatusCode;

use super::{Page, account_of, logo_path, require_set_up};
use crate::{
    model::{DeviceLoginCode, EventKind, User, UserCode},
    oidc::Params,
    operations::{clients::may_use, ssh},
    server::{
        App,
        failure::{AnsweredCaller, PageError, render},
        http::{Authorised, Request, Response, request::SignedIn},
        limiter::Policy,
        oidc::{
            device::verification::{self, AskedDevice, FoundDevice},
            group_access::{audit_event, count_authorization},
        },
        pages::{
            CodeFault, DeviceConfirmPage, DeviceLoginConfirmPage, DevicePage, Layout, PageProblem,
            initials,
        },
        refusal::RequestRefusal,
        same_site,
    },
    store::{StoreError, audit_events},
};

/// `GET /device`, and `/device?user_code=`: the user enters or follows the code that a device shows
/// (RFC 8628 §3.3).
pub(super) async fn device(req: Request) -> Page {
    let req = req.find_user().await?;
    let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
    let is_sent = query.iter().any(|(name, _)| name == "user_code");
    let typed = query.value("user_code").map(|code| code.chars().take(32).collect::<String>());
    let Some(who) = req.who.clone() else {
        let path = DevicePage::path_through_login(typed.as_deref());
        require_set_up(&req.app).await?;
        return Ok(Response::redirect(StatusCode::FOUND, &path));
    };
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, Some(&who.user));
    if let Some(code) = typed.as_deref().and_then(DeviceLoginCode::from_typed)
        && !same_site::is_foreign(&req.head)
    {
        // Its script looks the code up, which uses up a guess.
        let user_code = code.expose().to_owned();
        let user = account_of(&who.user);
        return Ok(render(&DeviceLoginConfirmPage { layout, user_code, user }));
    }
    let fault = match typed.as_deref().map(UserCode::from_typed) {
        None if is_sent => Some(CodeFault::Missing),
        None => None,
        // Another site must not use up the guesses of the user, so its code is shown, not looked up.
        Some(_) if same_site::is_foreign(&req.head) => None,
        Some(None) => Some(CodeFault::Unknown),
        Some(Some(code)) => match find_device(&req, &code, &who).await? {
            FoundDevice::Expired => Some(CodeFault::Expired),
            FoundDevice::Pending(asked) => {
                let requires_passkey = asked.needs_passkey(&who.session, req.head.now);
                let api = shown_api(&req, &asked, &who.user).await?;
                let page = device_confirm_page(layout, &code, *asked, &who.user);
                let origin = origin(&req.app, &page.origin);
                return Ok(render(&DeviceConfirmPage { requires_passkey, origin, api, ..page }));
            }
            FoundDevice::Unknown => Some(CodeFault::Unknown),
        },
    };
    Ok(render(&DevicePage { layout, typed: typed.unwrap_or_default(), fault }))
}

/// Finds the waiting device. Guesses are rate-limited: a user code is short, so a user must not be
/// able to try them all.
async fn find_device<W>(
    req: &Authorised<W>,
    code: &UserCode,
    who: &SignedIn,
) -> Result<FoundDevice, PageError> {
    let limiter = req.app.limiter();
    limiter.check(Policy::UserCode, req.head.client_ip).map_err(RequestRefusal::TooMany)?;
    let guess = verification::guess(&req.app, who)?;
    let (code, user_id, now) = (code.digest(req.app.codes()), who.user.id, req.head.now);
    let app = Arc::clone(&req.app);
    let found = req.app.store().read(move |tx| {
        let found = verification::find(tx, &app, code, now)?;
        let is_allowed = match &found {
            FoundDevice::Pending(asked) => may_use(tx, &asked.client, user_id, now)?,
            FoundDevice::Expired | FoundDevice::Unknown => true,
        };
        Ok::<_, StoreError>((found, is_allowed))
    });
    let (found, is_allowed) = found.await?;
    if !matches!(found, FoundDevice::Unknown) {
        limiter.was_right(guess);
    }
    let FoundDevice::Pending(asked) = &found else { return Ok(found) };
    if is_allowed {
        return Ok(found);
    }
    count_authorization(&req.app, user_id)?;
    let kind = EventKind::DeviceCodeAuthorizationRefused;
    let event = audit_event(&req.app, &req.head, kind, &asked.client, user_id);
    req.app.store().write(move |tx| audit_events::insert(tx, &event)).await?;
    Err(PageProblem::NotAllowed { client_name: asked.client.name.to_string() }.into())
}

/// The API that the device wants to use for the user; for SSH with the accounts that it would come to.
async fn shown_api<W>(
    req: &Authorised<W>,
    asked: &AskedDevice,
    user: &User,
) -> Result<Option<String>, PageError> {
    let Some(resource) = asked.code.resource.clone() else { return Ok(None) };
    if resource != ssh::resource(req.app.issuer()) {
        return Ok(Some(resource.to_string()));
    }
    let (user, now) = (user.clone(), req.head.now);
    let accounts = req.app.store().read(move |tx| ssh::accounts::of_user(tx, &user, now)).await?;
    let accounts: Vec<_> = accounts.into_iter().map(|one| one.principal).collect();
    Ok(Some(format!("SSH: {}", accounts.join(", "))))
}

/// An address, and where it is if that is known.
fn origin(app: &App, address: &str) -> String {
    let location = address.parse().ok().and_then(|address| app.locate(address).describe());
    location.map_or_else(|| address.to_owned(), |location| format!("{address} ({location})"))
}

fn device_confirm_page(
    layout: Layout,
    code: &UserCode,
    asked: AskedDevice,
    user: &User,
) -> DeviceConfirmPage {
    DeviceConfirmPage {
        layout,
        user_code: code.expose().to_owned(),
        client_logo: asked.logos.light.then(|| logo_path(&asked.client)),
        client_host: asked.client.id.host(),
        is_self_registered: asked.client.is_self_registered(),
        client_initials: initials(asked.client.name.as_str()),
        client_name: asked.client.name.to_string(),
        scopes: asked.code.scope.names(),
        api: None,
        user: account_of(user),
        origin: asked.code.ip_address,
        requires_passkey: asked.client.requires_reauthentication,
    }
}
