//! Which rate limits a request counts for.

use super::{limiter::Policy, route::Route};

impl Route {
    /// Whether the rate limit of all requests counts it. Pages read the database too, so they count like
    /// the API that they call.
    pub(super) fn is_counted(&self) -> bool {
        !matches!(self, Self::Asset(_) | Self::Health | Self::Preflight)
    }

    /// The narrower rate limit that counts it as well.
    pub(super) fn policy(&self) -> Option<Policy> {
        match self {
            Self::DeviceDeny | Self::DeviceInfo | Self::DeviceVerify => Some(Policy::UserCode),
            Self::LoginFinish => Some(Policy::Login),
            Self::OneTimeAccess(_) => Some(Policy::OneTimeAccess),
            Self::Reauthenticate => Some(Policy::Reauthenticate),
            _ => None,
        }
    }

    /// What it counts as for whoever is signed in, wherever they come from: it leaves rows that stay, such as
    /// entries of the audit log.
    ///
    /// What only takes something away does not count. Each passkey, key, session and consent is taken away
    /// once, and counted when it came; and an owner who sees a stranger in the list must be rid of them at once,
    /// also when the stranger has used up what the account may do.
    pub(super) fn policy_of_user(&self) -> Option<Policy> {
        match self {
            Self::ApiKeyCreate
            | Self::ApiKeyRenew(_)
            | Self::CredentialRename(_)
            | Self::MeUpdate
            | Self::RegisterFinish => Some(Policy::AccountChange),
            Self::DeviceVerify | Self::InteractionComplete(_) => Some(Policy::Authorization),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;

    use super::*;

    #[test]
    fn what_is_added_to_ones_account_counts_wherever_it_comes_from_and_what_is_taken_away_does_not()
    {
        let policy = |method, path: &str| Route::find(&method, path).policy_of_user();
        for (method, path) in [
            (Method::POST, "/api/api-keys"),
            (Method::POST, "/api/api-keys/x/renew"),
            (Method::PATCH, "/api/webauthn/credentials/x"),
            (Method::POST, "/api/webauthn/register/finish"),
            (Method::PUT, "/api/users/me"),
        ] {
            assert_eq!(policy(method, path), Some(Policy::AccountChange), "{path}");
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
            assert_ne!(Route::find(&Method::DELETE, path), Route::UnknownApi, "{path}");
            assert_eq!(policy(Method::DELETE, path), None, "{path}");
        }
    }
}
