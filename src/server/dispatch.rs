//! From a route to its handler.

use std::sync::Arc;

use hyper::StatusCode;

use super::{
    App, account, browse,
    failure::{Caller, PageError, answer},
    health,
    http::{Request, Response},
    images, oidc, one_time_access,
    pages::Problem,
    passkey,
    route::Route,
    setup, signup,
};

/// Runs the handler of a route.
#[expect(clippy::too_many_lines, reason = "there is a line for each route, and no more than that")]
pub(super) async fn dispatch(
    app: Arc<App>,
    route: Route,
    caller: Caller,
    request: Request,
) -> Response {
    macro_rules! run {
        ($handler:expr) => {
            answer(Box::pin($handler).await, &app, &caller)
        };
    }
    match route {
        Route::Authorize => run!(oidc::authorize::authorize(request)),
        Route::ClientLogo(id) => run!(images::client_logo(request, id)),
        Route::DeviceAuthorization => run!(oidc::device::authorization::authorize(request)),
        Route::DeviceDeny => run!(oidc::device::verification::deny(request)),
        Route::DeviceInfo => run!(oidc::device::verification::info(request)),
        Route::DeviceVerify => run!(oidc::device::verification::verify(request)),
        Route::Discovery => oidc::discovery::discovery(request),
        Route::EndSession => run!(oidc::end_session::end_session(request)),
        Route::InteractionComplete(id) => run!(oidc::interactions::complete(request, id)),
        Route::InteractionDeny(id) => run!(oidc::interactions::deny(request, id)),
        Route::InteractionGet(id) => run!(oidc::interactions::show(request, id)),
        Route::Introspect => run!(oidc::introspect::introspect(request)),
        Route::Jwks => oidc::discovery::jwks(request),
        Route::PushedAuthorization => run!(oidc::par::push(request)),
        Route::Revoke => run!(oidc::revoke::revoke(request)),
        Route::Token => run!(oidc::token::token(request)),
        Route::UserInfo => oidc::userinfo::userinfo(request).await,

        Route::ApiKeyCreate => run!(account::api_keys::create(request)),
        Route::ApiKeyDelete(id) => run!(account::api_keys::delete(request, id)),
        Route::ApiKeyList => run!(account::api_keys::list(request)),
        Route::ApiKeyRenew(id) => run!(account::api_keys::renew(request, id)),
        Route::ApplicationImage(name) => run!(images::application_image(request, name)),
        Route::AuthorizedClientDelete(id) => {
            run!(account::authorized_clients::revoke(request, id))
        }
        Route::AuthorizedClientList => run!(account::authorized_clients::list_own(request)),
        Route::AuthorizedClientListOf(id) => {
            run!(account::authorized_clients::list(request, id))
        }
        Route::CredentialDelete(id) => run!(passkey::credentials::delete(request, id)),
        Route::CredentialList => run!(passkey::credentials::list(request)),
        Route::CredentialRename(id) => run!(passkey::credentials::rename(request, id)),
        Route::DefaultProfilePicture => run!(images::default_profile_picture(request)),
        Route::LoginFinish => run!(passkey::authentication::finish(request)),
        Route::LoginStart => run!(passkey::authentication::start(request)),
        Route::Logout => run!(account::logout::logout(request)),
        Route::MeGet => run!(account::me::show(request)),
        Route::MeUpdate => run!(account::me::update(request)),
        Route::OneTimeAccess(code) => run!(one_time_access::exchange(request, code)),
        Route::ProfilePicture(id) => run!(images::profile_picture(request, id)),
        Route::Reauthenticate => run!(passkey::reauthentication::reauthenticate(request)),
        Route::RegisterFinish => run!(passkey::registration::finish(request)),
        Route::RegisterStart => run!(passkey::registration::start(request)),
        Route::SessionDelete(id) => run!(account::sessions::revoke(request, id)),
        Route::SessionDeleteOthers => run!(account::sessions::revoke_others(request)),
        Route::SessionList => run!(account::sessions::list(request)),
        Route::SetupAvailable => run!(setup::available(request)),
        Route::SetupCreate => run!(setup::create(request)),
        Route::Signup => run!(signup::create(request)),

        Route::AccountPage => run!(browse::account(request)),
        Route::Asset(file) => run!(browse::asset(request, file)),
        Route::DevicePage => run!(browse::device(request)),
        Route::Favicon => run!(images::favicon(request)),
        Route::InteractionErrorPage => run!(browse::interaction_error(request)),
        Route::InteractionPage => run!(browse::interaction(request)),
        Route::LoginPage => run!(browse::login(request)),
        Route::LogoutPage => run!(browse::logout(request)),
        Route::OneTimeLinkPage(code) => run!(browse::one_time_link(request, code)),
        Route::SetupPage => run!(browse::setup(request)),
        Route::SignupLink(token) => browse::signup_link(request, &token),
        Route::SignupPage => run!(browse::signup(request)),

        Route::Health => run!(health::health(request)),
        Route::Preflight => Response::no_content(),
        Route::MovedTo(path) => moved_to(StatusCode::FOUND, path, &request),
        Route::TrailingSlash(path) => moved_to(StatusCode::MOVED_PERMANENTLY, &path, &request),
        Route::UnknownApi => unknown_api(),
        Route::UnknownPage => answer::<PageError>(Err(Problem::NotFound.into()), &app, &caller),
    }
}

/// The query goes along: `/login/alternative/code?code=` is `/lc?code=`.
fn moved_to(status: StatusCode, path: &str, request: &Request) -> Response {
    let query = &request.head.query;
    match query.is_empty() {
        true => Response::redirect(status, path),
        false => Response::redirect(status, &format!("{path}?{query}")),
    }
}

/// Without `code`, as Pocket ID 2.14 has it.
fn unknown_api() -> Response {
    Response::json(&serde_json::json!({ "error": "API endpoint not found" }))
        .status(StatusCode::NOT_FOUND)
        .log_error("not_found", "no such endpoint, or another method")
}
