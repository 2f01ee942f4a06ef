//! An initial access token with its value, which is printed once.

use serde::{Serialize, Serializer};

use super::super::super::{page::Page, report::Outcome};
use crate::{
    crypto::BearerToken,
    model::{RegistrationToken, view::RegistrationTokenView},
};

/// An initial access token; a new one with its value.
#[derive(Debug)]
pub struct PrintedRegistrationToken {
    pub row: RegistrationToken,
    pub token: Option<BearerToken>,
}

impl Serialize for PrintedRegistrationToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct View<'a> {
            registration_token: RegistrationTokenView,
            #[serde(skip_serializing_if = "Option::is_none")]
            token: Option<&'a str>,
        }
        let token = self.token.as_ref().map(BearerToken::expose);
        View { registration_token: RegistrationTokenView::of(&self.row), token }
            .serialize(serializer)
    }
}

impl Outcome for PrintedRegistrationToken {
    fn write_text(&self, page: &mut Page) {
        if let Some(token) = &self.token {
            page.remark(match self.row.expires_at {
                Some(end) => {
                    let end = page.moment(end);
                    format!("registration token, shown only once, valid until {end}:")
                }
                None => {
                    "registration token, shown only once, valid until it is deleted:".to_owned()
                }
            });
            page.line(token.expose());
        }
    }
}
