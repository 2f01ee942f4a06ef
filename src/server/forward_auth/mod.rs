//! Forward auth: proxies ask here who may pass to an application without OpenID Connect.
//!
//! A browser that is not signed in at the host goes to `/forward-auth` here, and comes back to the host with a
//! code, which is exchanged for a cookie of the host. `docs/forward-auth.md` has the whole way.

mod asked;
mod callback;
mod check;
mod cookies;
mod credentials;
mod logout;
mod routes;
mod sign_in;
mod words;

pub(super) use routes::routes;

/// The prefix of codes, so that a leaked one can be recognised.
const CODE_PREFIX: &str = "pocket_id_hc_";
/// How long a code is good, in seconds.
const CODE_SECONDS: i64 = 60;
/// How long somebody may take to sign in, in seconds: the life of the cookie that binds a code to a browser.
const BROWSER_SECONDS: i64 = 1_800;
