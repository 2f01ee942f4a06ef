//! `/lc` and `/lc/CODE`

use super::{Layout, paths};

/// Takes a one-time code. The code is used on a click and never on arrival: mail scanners follow
/// links, and would use it up before its owner does.
#[derive(Debug, askama::Template)]
#[template(path = "one_time_link.html")]
pub struct OneTimeLinkPage {
    pub layout: Layout,
    pub code: Option<String>,
    /// The path to go to afterwards. The server has checked that it is on this site.
    pub redirect: Option<String>,
}

impl OneTimeLinkPage {
    /// The path of the sign-in page, which leads on to the same place.
    fn login_path(&self) -> String {
        paths::login(self.redirect.as_deref())
    }
}
