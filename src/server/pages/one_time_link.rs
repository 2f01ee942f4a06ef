//! `/lc` and `/lc/CODE`

use super::{Layout, login, path_on_the_way_to};

/// Takes a one-time code. It is used on a click and never on arrival, since mail scanners follow
/// links and would burn the code before its owner comes.
#[derive(Debug, askama::Template)]
#[template(path = "one_time_link.html")]
pub struct OneTimeLinkPage {
    pub layout: Layout,
    pub code: Option<String>,
    /// Where to go afterwards; the server has checked that it is a path of its own.
    pub redirect: Option<String>,
}

impl OneTimeLinkPage {
    /// The page for a passkey, which goes on to the same place.
    fn login_path(&self) -> String {
        login::path(self.redirect.as_deref())
    }
}

/// The path of this page, for someone who is on the way to `redirect`.
pub(super) fn path(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/lc")
}
