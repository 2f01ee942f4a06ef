//! `/logout`

use super::Layout;

/// Ends the session after a click: a link alone must not sign the user out.
#[derive(Debug, askama::Template)]
#[template(path = "logout.html")]
pub struct LogoutPage {
    pub layout: Layout,
    /// The URL that a client wants its user to return to, if it is registered for the client.
    pub onward: Option<String>,
    /// Why the client's logout request was not followed.
    pub refused: Option<Refused>,
}

/// The error in a client's logout request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The URL to go to afterwards is not registered.
    Address,
    /// The hint does not prove which user to sign out.
    Hint,
}

impl Refused {
    /// The word in the query of the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Hint => "hint",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Address, Self::Hint].into_iter().find(|refused| refused.as_str() == text)
    }
}

impl LogoutPage {
    fn title(&self) -> &str {
        let is_done = self.layout.signed_in.is_none();
        self.layout.t(if is_done { "logout.done.title" } else { "logout.title" })
    }

    fn refusal(&self) -> Option<&str> {
        self.refused.map(|refused| {
            self.layout.t(match refused {
                Refused::Address => "logout.refused.address",
                Refused::Hint => "logout.refused.hint",
            })
        })
    }
}
