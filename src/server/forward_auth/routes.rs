//! The routes of this folder.

use super::{callback::callback, check, logout::logout, sign_in::sign_in};
use crate::{
    forward_auth::{CALLBACK, CHECK, CHECK_FOR_NGINX, LOGOUT},
    server::route::{Route, get, page},
};

/// Lists the routes of this folder. A proxy asks for each request of each visitor, so checks are neither counted nor logged,
/// and store nothing. Cookies of a protected host have names of their own.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get(CHECK, check::check).on_other_hosts().uncounted().quiet(),
        get(CHECK_FOR_NGINX, check::check_for_nginx).on_other_hosts().uncounted().quiet(),
        page("/forward-auth", sign_in).in_a_sign_in().changes_by_get(),
        page(CALLBACK, callback).on_other_hosts().changes_by_get(),
        page(LOGOUT, logout).on_other_hosts().changes_by_get(),
    ]
}
