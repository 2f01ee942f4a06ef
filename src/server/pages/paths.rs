//! Paths of pages, which lead on to another page.

use super::encode;

/// The path of the sign-in page, which leads on to `redirect`.
pub fn login(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/login")
}

/// The path of the page for a one-time code, which leads on to `redirect`.
pub(super) fn one_time_link(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/lc")
}

/// The path of the page with other ways to sign in, which lead on to `redirect`.
pub(super) fn alternative(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/login/alternative")
}

/// The path of the page to sign in with another device, which leads on to `redirect`.
pub(super) fn device_login(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/login/alternative/device")
}

/// The path of the page to get a login code by email, which leads on to `redirect`.
pub(super) fn email_login(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/login/alternative/email")
}

/// The path of the signup page, which leads on to `redirect`.
pub(super) fn signup(redirect: Option<&str>) -> String {
    path_on_the_way_to(redirect, "/signup")
}

/// The path of a page that leads on to `redirect`.
fn path_on_the_way_to(redirect: Option<&str>, page: &str) -> String {
    redirect.map_or_else(|| page.to_owned(), |path| format!("{page}?redirect={}", encode(path)))
}

#[cfg(test)]
mod tests {
    use super::path_on_the_way_to;

    #[test]
    fn the_way_onward_survives_in_the_query() {
        let onward = Some("/interaction?a=b&c");

        assert_eq!(path_on_the_way_to(None, "/lc"), "/lc");
        assert_eq!(path_on_the_way_to(onward, "/lc"), "/lc?redirect=%2Finteraction%3Fa%3Db%26c");
    }
}
