//! The answer to an authorization request with `response_mode=form_post`

use super::Layout;

/// Posts the answer back to the client: OAuth 2.0 Form Post Response Mode §2. The content security
/// policy of this page must allow forms to `action`.
#[derive(Debug, askama::Template)]
#[template(path = "form_post.html")]
pub struct FormPostPage {
    pub layout: Layout,
    pub action: String,
    pub fields: Vec<(String, String)>,
}
