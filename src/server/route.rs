//! The tree of addresses. Each is one variant here, one name in the log, and one file of code.

use hyper::Method;

/// Where a request goes, with the variable parts of its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    // Protocol
    Authorize,
    DeviceAuthorization,
    DeviceDeny,
    DeviceInfo,
    DeviceVerify,
    Discovery,
    EndSession,
    InteractionComplete(String),
    InteractionDeny(String),
    InteractionGet(String),
    Introspect,
    Jwks,
    Preflight,
    PushedAuthorization,
    Revoke,
    Token,
    UserInfo,
    // JSON API
    ApiKeyCreate,
    ApiKeyDelete(String),
    ApiKeyList,
    ApiKeyRenew(String),
    ApplicationImage(String),
    AuthorizedClientDelete(String),
    AuthorizedClientList,
    AuthorizedClientListOf(String),
    ClientLogo(String),
    CredentialDelete(String),
    CredentialList,
    CredentialRename(String),
    DefaultProfilePicture,
    LoginFinish,
    LoginStart,
    Logout,
    MeGet,
    MeUpdate,
    OneTimeAccess(String),
    ProfilePicture(String),
    Reauthenticate,
    RegisterFinish,
    RegisterStart,
    SessionDelete(String),
    SessionDeleteOthers,
    SessionList,
    SetupAvailable,
    SetupCreate,
    Signup,
    // Pages
    AccountPage,
    Asset(String),
    DevicePage,
    Favicon,
    InteractionErrorPage,
    InteractionPage,
    LoginPage,
    LogoutPage,
    MovedTo(&'static str),
    OneTimeLinkPage(Option<String>),
    SetupPage,
    SignupLink(String),
    SignupPage,
    /// The path with slashes behind it.
    TrailingSlash(String),
    // The rest
    Health,
    UnknownApi,
    UnknownPage,
}

/// Who reads what a route answers, and so in which form a failure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// An application: the JSON of RFC 6749 §5.2.
    Application,
    /// Somebody at a browser: a page.
    Person,
    /// The scripts of our own pages, and who calls the API as they do: the JSON of Pocket ID 2.14.
    Script,
}

/// The endpoints that browser applications of other sites may call: those that go by what is in the
/// request, and not by a cookie. (Browsers send none with a request of this kind, and `end-session`
/// without one signs nobody out.)
const CORS: &[&str] = &[
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/api/oidc/device/authorize",
    "/api/oidc/end-session",
    "/api/oidc/introspect",
    "/api/oidc/par",
    "/api/oidc/revoke",
    "/api/oidc/token",
    "/api/oidc/userinfo",
];

impl Route {
    /// Finds the route of a path. `HEAD` goes where `GET` goes.
    ///
    /// Slashes at the end of a path do not count (Pocket ID 2.14): a browser is sent to the path
    /// without them; what has a body is taken as it is, since it would get lost on the way.
    pub(super) fn find(method: &Method, path: &str) -> Self {
        let plain = without_slashes(path);
        match Self::find_exactly(method, plain) {
            Self::UnknownApi | Self::UnknownPage => Self::find_exactly(method, path),
            _ if plain != path && matches!(*method, Method::GET | Method::HEAD) => {
                Self::TrailingSlash(plain.to_owned())
            }
            route => route,
        }
    }

    fn find_exactly(method: &Method, path: &str) -> Self {
        if method == Method::OPTIONS && is_cors(path) {
            return Self::Preflight;
        }
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        match segments.first() {
            Some(&"api") => Self::find_api(method, &segments[1..]),
            Some(&".well-known") => Self::find_well_known(method, &segments[1..]),
            _ => Self::find_page(method, &segments),
        }
    }

    fn find_well_known(method: &str, segments: &[&str]) -> Self {
        match (method, segments) {
            ("GET", ["openid-configuration" | "oauth-authorization-server"]) => Self::Discovery,
            ("GET", ["jwks.json"]) => Self::Jwks,
            _ => Self::UnknownApi,
        }
    }

    fn find_api(method: &str, segments: &[&str]) -> Self {
        match (method, segments) {
            ("POST", ["oidc", "par"]) => Self::PushedAuthorization,
            ("POST", ["oidc", "token"]) => Self::Token,
            ("GET" | "POST", ["oidc", "end-session"]) => Self::EndSession,
            ("POST", ["oidc", "device", "authorize"]) => Self::DeviceAuthorization,
            ("GET", ["oidc", "device", "info"]) => Self::DeviceInfo,
            ("POST", ["oidc", "device", "verify"]) => Self::DeviceVerify,
            ("POST", ["oidc", "device", "deny"]) => Self::DeviceDeny,
            ("POST", ["oidc", "introspect"]) => Self::Introspect,
            ("POST", ["oidc", "revoke"]) => Self::Revoke,
            ("GET" | "POST", ["oidc", "userinfo"]) => Self::UserInfo,
            ("GET", ["oidc", "interactions", id]) => Self::InteractionGet((*id).into()),
            ("POST", ["oidc", "interactions", id, "complete"]) => {
                Self::InteractionComplete((*id).into())
            }
            ("POST", ["oidc", "interactions", id, "deny"]) => Self::InteractionDeny((*id).into()),
            ("GET", ["application-images", "default-profile-picture"]) => {
                Self::DefaultProfilePicture
            }
            ("GET", ["application-images", name]) => Self::ApplicationImage((*name).into()),
            ("GET", ["oidc", "users", "me", "authorized-clients"]) => Self::AuthorizedClientList,
            ("GET", ["oidc", "users", id, "authorized-clients"]) => {
                Self::AuthorizedClientListOf((*id).into())
            }
            ("DELETE", ["oidc", "users", "me", "authorized-clients", id]) => {
                Self::AuthorizedClientDelete((*id).into())
            }
            ("GET", ["oidc", "clients", id, "logo"]) => Self::ClientLogo((*id).into()),
            ("GET", ["webauthn", "login", "start"]) => Self::LoginStart,
            ("POST", ["webauthn", "login", "finish"]) => Self::LoginFinish,
            ("GET", ["webauthn", "register", "start"]) => Self::RegisterStart,
            ("POST", ["webauthn", "register", "finish"]) => Self::RegisterFinish,
            ("POST", ["webauthn", "reauthenticate"]) => Self::Reauthenticate,
            ("POST", ["webauthn", "logout"]) => Self::Logout,
            ("GET", ["webauthn", "credentials"]) => Self::CredentialList,
            ("PATCH", ["webauthn", "credentials", id]) => Self::CredentialRename((*id).into()),
            ("DELETE", ["webauthn", "credentials", id]) => Self::CredentialDelete((*id).into()),
            ("GET", ["api-keys"]) => Self::ApiKeyList,
            ("POST", ["api-keys"]) => Self::ApiKeyCreate,
            ("POST", ["api-keys", id, "renew"]) => Self::ApiKeyRenew((*id).into()),
            ("DELETE", ["api-keys", id]) => Self::ApiKeyDelete((*id).into()),
            ("GET", ["users", "me"]) => Self::MeGet,
            ("PUT", ["users", "me"]) => Self::MeUpdate,
            ("GET", ["users", "me", "sessions"]) => Self::SessionList,
            ("DELETE", ["users", "me", "sessions"]) => Self::SessionDeleteOthers,
            ("DELETE", ["users", "me", "sessions", id]) => Self::SessionDelete((*id).into()),
            ("GET", ["users", id, "profile-picture.png"]) => Self::ProfilePicture((*id).into()),
            ("POST", ["one-time-access-token", code]) => Self::OneTimeAccess((*code).into()),
            ("GET", ["signup", "setup"]) => Self::SetupAvailable,
            ("POST", ["signup", "setup"]) => Self::SetupCreate,
            ("POST", ["signup"]) => Self::Signup,
            _ => Self::UnknownApi,
        }
    }

    fn find_page(method: &str, segments: &[&str]) -> Self {
        match (method, segments) {
            ("GET" | "POST", ["authorize"]) => Self::Authorize,
            ("GET", ["healthz"]) => Self::Health,
            ("GET", ["device"]) => Self::DevicePage,
            ("GET", ["setup"]) => Self::SetupPage,
            ("GET", ["signup", "setup"]) => Self::MovedTo("/setup"),
            ("GET", ["signup"]) => Self::SignupPage,
            ("GET", ["st", token]) => Self::SignupLink((*token).into()),
            ("GET", ["login"]) => Self::LoginPage,
            ("GET", ["login", "alternative"]) => Self::MovedTo("/lc"),
            ("GET", ["login", "alternative", "code"]) => Self::MovedTo("/lc"),
            ("GET", ["logout"]) => Self::LogoutPage,
            ("GET", ["lc"]) => Self::OneTimeLinkPage(None),
            ("GET", ["lc", code]) => Self::OneTimeLinkPage(Some((*code).into())),
            ("GET", ["interaction"]) => Self::InteractionPage,
            ("GET", ["interaction", "error"]) => Self::InteractionErrorPage,
            ("GET", ["login", "alternative", _]) => Self::MovedTo("/login"),
            // Pages of Pocket ID: people have them as bookmarks and as their `homePageUrl`.
            ("GET", ["" | "settings" | "verify-email"])
            | ("GET", ["settings", "apps" | "audit-log"])
            | ("GET", ["signup", "add-passkey"])
            | ("GET", ["settings", "admin", ..]) => Self::MovedTo("/settings/account"),
            ("GET", ["settings", "account"]) => Self::AccountPage,
            ("GET", ["assets", _version, file]) => Self::Asset((*file).into()),
            ("GET", ["favicon.ico"]) => Self::Favicon,
            _ => Self::UnknownPage,
        }
    }

    /// The name in the log. Codes and interaction ids are in paths, and paths are not logged.
    #[expect(
        clippy::too_many_lines,
        reason = "there is a line for each route, and no more than that"
    )]
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::AccountPage => "/settings/account",
            Self::ApiKeyCreate | Self::ApiKeyList => "/api/api-keys",
            Self::ApiKeyDelete(_) => "/api/api-keys/{id}",
            Self::ApiKeyRenew(_) => "/api/api-keys/{id}/renew",
            Self::ApplicationImage(_) => "/api/application-images/{name}",
            Self::Asset(_) => "/assets/{file}",
            Self::AuthorizedClientDelete(_) => "/api/oidc/users/me/authorized-clients/{id}",
            Self::AuthorizedClientList => "/api/oidc/users/me/authorized-clients",
            Self::AuthorizedClientListOf(_) => "/api/oidc/users/{id}/authorized-clients",
            Self::Authorize => "/authorize",
            Self::ClientLogo(_) => "/api/oidc/clients/{id}/logo",
            Self::CredentialDelete(_) | Self::CredentialRename(_) => {
                "/api/webauthn/credentials/{id}"
            }
            Self::CredentialList => "/api/webauthn/credentials",
            Self::DefaultProfilePicture => "/api/application-images/default-profile-picture",
            Self::DeviceAuthorization => "/api/oidc/device/authorize",
            Self::DeviceDeny => "/api/oidc/device/deny",
            Self::DeviceInfo => "/api/oidc/device/info",
            Self::DevicePage => "/device",
            Self::DeviceVerify => "/api/oidc/device/verify",
            Self::Discovery => "/.well-known/openid-configuration",
            Self::EndSession => "/api/oidc/end-session",
            Self::Favicon => "/favicon.ico",
            Self::Health => "/healthz",
            Self::InteractionComplete(_) => "/api/oidc/interactions/{id}/complete",
            Self::InteractionDeny(_) => "/api/oidc/interactions/{id}/deny",
            Self::InteractionErrorPage => "/interaction/error",
            Self::InteractionGet(_) => "/api/oidc/interactions/{id}",
            Self::InteractionPage => "/interaction",
            Self::Introspect => "/api/oidc/introspect",
            Self::Jwks => "/.well-known/jwks.json",
            Self::LoginFinish => "/api/webauthn/login/finish",
            Self::LoginPage => "/login",
            Self::LoginStart => "/api/webauthn/login/start",
            Self::Logout => "/api/webauthn/logout",
            Self::LogoutPage => "/logout",
            Self::MeGet | Self::MeUpdate => "/api/users/me",
            Self::MovedTo(_) => "(moved)",
            Self::OneTimeAccess(_) => "/api/one-time-access-token/{code}",
            Self::OneTimeLinkPage(_) => "/lc/{code}",
            Self::Preflight => "(preflight)",
            Self::ProfilePicture(_) => "/api/users/{id}/profile-picture.png",
            Self::PushedAuthorization => "/api/oidc/par",
            Self::Reauthenticate => "/api/webauthn/reauthenticate",
            Self::RegisterFinish => "/api/webauthn/register/finish",
            Self::RegisterStart => "/api/webauthn/register/start",
            Self::Revoke => "/api/oidc/revoke",
            Self::SessionDelete(_) => "/api/users/me/sessions/{id}",
            Self::SessionDeleteOthers | Self::SessionList => "/api/users/me/sessions",
            Self::SetupAvailable | Self::SetupCreate => "/api/signup/setup",
            Self::SetupPage => "/setup",
            Self::Signup => "/api/signup",
            Self::SignupLink(_) => "/st/{token}",
            Self::SignupPage => "/signup",
            Self::Token => "/api/oidc/token",
            Self::TrailingSlash(_) => "(trailing slash)",
            Self::UnknownApi => "(unknown endpoint)",
            Self::UnknownPage => "(unknown page)",
            Self::UserInfo => "/api/oidc/userinfo",
        }
    }

    /// Who reads its answer.
    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::DeviceAuthorization
            | Self::Discovery
            | Self::Introspect
            | Self::Jwks
            | Self::PushedAuthorization
            | Self::Revoke
            | Self::Token
            | Self::UserInfo => Audience::Application,
            Self::AccountPage
            | Self::Authorize
            | Self::DevicePage
            | Self::EndSession
            | Self::InteractionErrorPage
            | Self::InteractionPage
            | Self::LoginPage
            | Self::LogoutPage
            | Self::MovedTo(_)
            | Self::OneTimeLinkPage(_)
            | Self::SetupPage
            | Self::SignupLink(_)
            | Self::SignupPage
            | Self::TrailingSlash(_)
            | Self::UnknownPage => Audience::Person,
            _ => Audience::Script,
        }
    }

    /// Whether it may look at cookies. What an error page is made of must come in any case.
    pub(super) fn reads_cookies(&self) -> bool {
        let is_part_of_a_page = matches!(
            self,
            Self::ApplicationImage(_)
                | Self::Asset(_)
                | Self::ClientLogo(_)
                | Self::DefaultProfilePicture
                | Self::Favicon
                | Self::Health
                | Self::Preflight
                | Self::ProfilePicture(_)
                | Self::TrailingSlash(_)
        );
        !is_part_of_a_page && self.audience() != Audience::Application
    }

    /// Whether a `GET` changes something: a code is issued, a session ends, a challenge or an audit
    /// entry is stored.
    pub(super) fn changes_by_get(&self) -> bool {
        matches!(
            self,
            Self::Authorize
                | Self::DevicePage
                | Self::EndSession
                | Self::LoginStart
                | Self::RegisterStart
        )
    }

    /// Whether only our own scripts may ask for it, even by `GET`: it stores something, or counts as a try.
    pub(super) fn is_for_own_scripts(&self) -> bool {
        self.audience() == Audience::Script && (self.changes_by_get() || self.policy().is_some())
    }

    /// Whether it is a page of ours that people open and nobody embeds.
    pub(super) fn is_own_page(&self) -> bool {
        matches!(
            self,
            Self::AccountPage
                | Self::DevicePage
                | Self::InteractionErrorPage
                | Self::InteractionPage
                | Self::LoginPage
                | Self::LogoutPage
                | Self::OneTimeLinkPage(_)
                | Self::SetupPage
                | Self::SignupLink(_)
                | Self::SignupPage
        )
    }

    /// Whether applications call it, not this site's own pages.
    pub(super) fn is_protocol(&self) -> bool {
        matches!(
            self,
            Self::Authorize
                | Self::DeviceAuthorization
                | Self::Discovery
                | Self::EndSession
                | Self::Introspect
                | Self::Jwks
                | Self::Preflight
                | Self::PushedAuthorization
                | Self::Revoke
                | Self::Token
                | Self::UserInfo
        )
    }
}

/// Whether browser applications of other sites may call a path.
pub(super) fn is_cors(path: &str) -> bool {
    CORS.contains(&without_slashes(path))
}

/// The path without slashes at its end; `/` stays, and so does what is nothing but slashes.
fn without_slashes(path: &str) -> &str {
    Some(path.trim_end_matches('/')).filter(|plain| !plain.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_addresses_that_people_have_pasted_stay_where_they_are() {
        assert_eq!(Route::find(&Method::GET, "/authorize"), Route::Authorize);
        assert_eq!(Route::find(&Method::POST, "/api/oidc/token"), Route::Token);
        assert_eq!(Route::find(&Method::GET, "/api/oidc/userinfo"), Route::UserInfo);
        assert_eq!(Route::find(&Method::GET, "/.well-known/jwks.json"), Route::Jwks);
    }

    #[test]
    fn what_is_secret_in_a_path_is_not_in_its_name() {
        for path in [
            "/lc/SECRET",
            "/st/SECRET",
            "/api/one-time-access-token/SECRET",
            "/SECRET",
            "/api/SECRET",
        ] {
            for method in [Method::GET, Method::POST] {
                assert!(!Route::find(&method, path).name().contains("SECRET"), "{path}");
            }
        }
    }

    #[test]
    fn slashes_at_the_end_do_not_count_and_lead_to_no_other_host() {
        let find = |method, path| Route::find(&method, path);
        let moved = |path: &str| Route::TrailingSlash(path.to_owned());
        assert_eq!(find(Method::GET, "/authorize/"), moved("/authorize"));
        assert_eq!(find(Method::HEAD, "/settings/account//"), moved("/settings/account"));
        assert_eq!(find(Method::POST, "/api/oidc/token/"), Route::Token);
        assert_eq!(find(Method::OPTIONS, "/api/oidc/token/"), Route::Preflight);
        assert_eq!(find(Method::GET, "/"), Route::MovedTo("/settings/account"));
        for path in ["//", "//evil.example/", "///evil.example//", "/nowhere/", "/api/nowhere/"] {
            let route = find(Method::GET, path);
            assert!(matches!(route, Route::UnknownApi | Route::UnknownPage), "{path}: {route:?}");
        }
    }

    #[test]
    fn another_method_finds_nothing() {
        assert_eq!(Route::find(&Method::GET, "/api/oidc/token"), Route::UnknownApi);
        assert_eq!(Route::find(&Method::POST, "/login"), Route::UnknownPage);
    }
}
