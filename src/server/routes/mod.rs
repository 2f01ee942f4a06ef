//! The table of routes: each area lists its own, and they are joined here.

#[cfg(test)]
mod openapi;
#[cfg(test)]
mod reference;

use std::sync::LazyLock;

use hyper::Method;

use super::{
    account, api, browse, device_bound, device_login, forward_auth, health, images, metrics, oidc,
    one_time_access, openapi as description, passkey,
    route::{FoundRoute, Route, Router},
    scim_server, setup, signup, ssh, well_known,
};

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(rows()));

/// Finds the route of a request.
pub(super) fn find(method: &Method, path: &str) -> FoundRoute<'static> {
    ROUTER.find(method, path)
}

fn rows() -> Vec<Route> {
    let areas = [
        account::routes(),
        api::routes(),
        browse::routes(),
        device_bound::routes(),
        device_login::routes(),
        forward_auth::routes(),
        health::routes(),
        images::routes(),
        metrics::routes(),
        oidc::routes(),
        description::routes(),
        one_time_access::routes(),
        passkey::routes(),
        scim_server::routes(),
        setup::routes(),
        signup::routes(),
        ssh::routes(),
        well_known::routes(),
    ];
    areas.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::server::limiter::Policy;

    fn name(method: &Method, path: &str) -> &'static str {
        find(method, path).route.name()
    }

    #[test]
    fn the_four_addresses_that_people_have_pasted_stay_where_they_are() {
        for (method, path) in [
            (Method::GET, "/authorize"),
            (Method::POST, "/api/oidc/token"),
            (Method::GET, "/api/oidc/userinfo"),
            (Method::GET, "/.well-known/jwks.json"),
        ] {
            assert_eq!(name(&method, path), path);
        }
    }

    #[test]
    fn what_is_secret_in_a_path_is_not_in_its_name() {
        for path in [
            "/lc/SECRET",
            "/st/SECRET",
            "/api/one-time-access-token/SECRET",
            "/SECRET",
            "/api/SECRET",
            "/lc/SECRET/",
        ] {
            for method in [Method::GET, Method::POST] {
                assert!(!name(&method, path).contains("SECRET"), "{path}");
            }
        }
    }

    #[test]
    fn slashes_at_the_end_do_not_count_and_lead_to_no_other_host() {
        let moved = |method, path| {
            let found = find(&method, path);
            (found.route.name(), found.parameters)
        };
        let to = |plain: &str| ("(trailing slash)", vec![plain.to_owned()]);
        assert_eq!(moved(Method::GET, "/authorize/"), to("/authorize"));
        assert_eq!(moved(Method::HEAD, "/settings/account//"), to("/settings/account"));
        assert_eq!(name(&Method::POST, "/api/oidc/token/"), "/api/oidc/token");
        assert_eq!(name(&Method::OPTIONS, "/api/oidc/token/"), "(preflight)");
        assert_eq!(name(&Method::GET, "/"), "/");
        for path in ["//", "//evil.example/", "///evil.example//", "/nowhere/", "/api/nowhere/"] {
            assert!(name(&Method::GET, path).starts_with("(unknown "), "{path}");
        }
    }

    #[test]
    fn another_method_or_an_empty_parameter_finds_nothing() {
        assert_eq!(name(&Method::GET, "/api/oidc/token"), "(unknown endpoint)");
        assert_eq!(name(&Method::TRACE, "/api/users/me"), "(unknown endpoint)");
        assert_eq!(name(&Method::POST, "/login"), "(unknown page)");
        for path in ["/api/api-keys/", "/api/api-keys//", "/api/users//profile-picture.png"] {
            for method in [Method::DELETE, Method::GET] {
                let name = name(&method, path);
                assert!(
                    matches!(name, "(unknown endpoint)" | "(trailing slash)"),
                    "{path}: {name}"
                );
            }
        }
    }

    #[test]
    fn preflights_are_answered_for_the_endpoints_of_applications_only() {
        for row in ROUTER.rows() {
            let found = find(&Method::OPTIONS, row.name());
            let is_answered = found.route.name() == "(preflight)";
            assert_eq!((is_answered, found.is_cors), (row.is_cors(), row.is_cors()), "{row:?}");
        }
        assert!(find(&Method::GET, "/api/oidc/token").is_cors, "an error is readable, too");
        assert!(!find(&Method::OPTIONS, "/api/users/me").is_cors);
    }

    #[test]
    fn a_parameter_is_given_as_it_was_sent() {
        let found = find(&Method::GET, "/api/users/me/profile-picture.png");
        assert_eq!(found.route.name(), "/api/users/{id}/profile-picture.png");
        assert_eq!(found.parameters, ["me"]);
        assert_eq!(find(&Method::GET, "/lc/a%2Fb+").parameters, ["a%2Fb+"]);
        assert_eq!(find(&Method::GET, "/assets/v/app.css").parameters, ["v", "app.css"]);
    }

    #[test]
    fn a_name_stands_once_for_each_method() {
        let mut seen = HashSet::new();
        for row in ROUTER.rows() {
            for method in row.methods() {
                assert!(seen.insert((method, row.name())), "{method} {}", row.name());
            }
        }
    }

    #[test]
    fn what_is_added_to_ones_account_counts_wherever_it_comes_from_and_what_is_taken_away_does_not()
    {
        let policy = |method, path: &str| find(&method, path).route.policy_of_user();
        for (method, path) in [
            (Method::POST, "/api/api-keys"),
            (Method::POST, "/api/api-keys/x/renew"),
            (Method::PATCH, "/api/webauthn/credentials/x"),
            (Method::POST, "/api/webauthn/register/finish"),
            (Method::PUT, "/api/users/me"),
        ] {
            assert_eq!(policy(method, path), Some(Policy::GuardedChange), "{path}");
        }
        for path in ["/api/oidc/device/verify", "/api/oidc/interactions/x/complete"] {
            assert_eq!(policy(Method::POST, path), Some(Policy::Authorization), "{path}");
        }
        for path in [
            "/api/api-keys/x",
            "/api/oidc/users/me/authorized-clients/x",
            "/api/users/me/sessions",
            "/api/users/me/sessions/x",
            "/api/webauthn/credentials/x",
        ] {
            assert_ne!(name(&Method::DELETE, path), "(unknown endpoint)", "{path}");
            assert_eq!(policy(Method::DELETE, path), None, "{path}");
        }
    }

    /// Requests that browsers send across sites must not have an effect with our cookie. Only
    /// protocol endpoints may allow such requests.
    #[test]
    fn what_other_sites_may_call_is_listed() {
        let open = ROUTER.rows().iter().filter(|row| row.is_cors()).map(Route::name);
        let open: Vec<_> = open.collect();
        assert_eq!(
            open,
            [
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
                "/api/oidc/register",
                "/.well-known/webfinger",
            ]
        );
    }
}
