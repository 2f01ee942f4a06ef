//! `/logout`

use super::Layout;

/// Ends the session, after a click: a link alone must not sign anybody out.
#[derive(Debug, askama::Template)]
#[template(path = "logout.html")]
pub struct LogoutPage {
    pub layout: Layout,
    /// Where a client wants its user back, once that is proven to be its own.
    pub onward: Option<String>,
    /// What a client asked for in vain when it sent its user here.
    pub refused: Option<Refused>,
}

/// What is wrong with a client's request to sign its user out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The address to go to afterwards is not registered.
    Address,
    /// What should prove whom it is about does not.
    Hint,
}

impl Refused {
    /// The word in the address of the page.
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
