//! How a request to a protected host shows who sends it: a cookie of the host, an access token, or a key of the REST API.

use std::sync::Arc;

use super::cookies::{HostCookie, HostCookies};
use crate::{
    crypto::BearerToken,
    model::{ProtectedHost, Timestamp, User},
    operations::protected_hosts::may_enter,
    server::{
        App,
        http::{
            Head,
            account::find_key_owner,
            request::{USE_GRANULARITY, record_later},
        },
        oidc::find_token_user,
    },
    store::{StoreError, groups, host_sessions, sessions, users},
};

/// A user with access, as the application is told.
#[derive(Debug)]
pub(super) struct Passer {
    pub(super) user: User,
    /// The names of their groups.
    pub(super) groups: Vec<String>,
}

/// The credential that a request showed.
#[derive(Debug)]
pub(super) enum Shown {
    /// Nothing that is good here.
    Nothing,
    /// A user without one of the groups that the host lets in.
    Refused,
    /// A user with access.
    Passer(Box<Passer>),
}

/// Looks at what a request shows. A program shows a token or a key, which then alone counts.
pub(super) async fn look(
    app: &Arc<App>,
    head: &Head,
    host: &ProtectedHost,
    cookies: &HostCookies,
) -> Result<Shown, StoreError> {
    if host.accepts_bearer_tokens
        && let Some(token) = bearer(head)
    {
        let (token, host, now) = (token.to_owned(), host.clone(), head.now);
        return app
            .store()
            .read(move |tx| {
                // A token for another API, or for none, was not given for this application.
                let found = find_token_user(tx, &token, now)?;
                let found = found.filter(|(_, resource)| {
                    resource.as_ref().is_some_and(|it| host.is_resource(it.as_str()))
                });
                judged(tx, &host, found.map(|(user, _)| user), now)
            })
            .await;
    }
    if host.accepts_api_keys && head.headers.contains_key("x-api-key") {
        let owner = find_key_owner(app, head).await?;
        let (host, now) = (host.clone(), head.now);
        return app.store().read(move |tx| judged(tx, &host, owner.clone(), now)).await;
    }
    let cookie = cookies.read(&head.headers, HostCookie::Session);
    let Some(token) = cookie.and_then(|cookie| BearerToken::parse("", &cookie)) else {
        return Ok(Shown::Nothing);
    };
    let (host, now) = (host.clone(), head.now);
    let found = app.store().read(move |tx| {
        let Some(session) = host_sessions::find(tx, &token, host.id, now)? else {
            return Ok((Shown::Nothing, None));
        };
        let user = users::find(tx, session.user_id)?;
        Ok::<_, StoreError>((judged(tx, &host, user, now)?, Some(session)))
    });
    let (shown, session) = found.await?;
    if let (Shown::Passer(_), Some(session)) = (&shown, session) {
        note_use(app, &session, now);
    }
    Ok(shown)
}

fn judged(
    tx: &mut crate::store::Tx<'_>,
    host: &ProtectedHost,
    user: Option<User>,
    now: Timestamp,
) -> Result<Shown, StoreError> {
    let Some(user) = user.filter(|user| !user.disabled) else { return Ok(Shown::Nothing) };
    if !may_enter(tx, host, user.id, now)? {
        return Ok(Shown::Refused);
    }
    let groups = if host.headers.groups.is_off() {
        Vec::new()
    } else {
        groups::list_of_user(tx, user.id, now)?
    };
    let groups = groups.into_iter().map(|group| group.name.to_string());
    Ok(Shown::Passer(Box::new(Passer { user, groups: groups.collect() })))
}

/// The session here is used when one at a host is.
fn note_use(app: &Arc<App>, session: &host_sessions::HostSession, now: Timestamp) {
    if now.seconds_since(session.last_used_at) >= USE_GRANULARITY {
        let id = session.session_id;
        record_later(app, "a session", move |tx| sessions::record_use(tx, id, now));
    }
}

fn bearer(head: &Head) -> Option<&str> {
    let (scheme, token) = head.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
