//! Declares the contract of a row. Debug builds check each body and each answer against it, so a
//! test of an endpoint also tests its description.

use std::collections::BTreeSet;

use hyper::header::CONTENT_TYPE;

#[cfg(test)]
use super::contract::Contract;
use super::{
    Route,
    contract::{AnswerContent, Described, JsonShape, QueryParameter, TakenBody, Who},
};
use crate::server::{
    audience::Audience,
    http::{Response, list_query::Envelope},
};

/// The parts of the contract that differ from the defaults.
impl Route {
    /// Serves everyone.
    pub(in crate::server) fn for_anyone(self) -> Self {
        self.serving(Who::Anyone)
    }

    /// Serves applications that authenticate.
    pub(in crate::server) fn for_applications(self) -> Self {
        self.serving(Who::Applications)
    }

    /// Serves users signed in at a browser.
    pub(in crate::server) fn for_browsers(self) -> Self {
        self.serving(Who::Browsers)
    }

    /// Serves programs with a SCIM token.
    pub(in crate::server) fn for_scim(self) -> Self {
        self.serving(Who::ScimTokens)
    }

    /// Serves applications with an access token.
    pub(in crate::server) fn for_tokens(self) -> Self {
        self.serving(Who::Tokens)
    }

    /// Serves all users, not only administrators.
    pub(in crate::server) fn for_users(self) -> Self {
        self.serving(Who::Users)
    }

    fn serving(mut self, who: Who) -> Self {
        self.contract.who = who;
        self
    }

    /// Accepts a JSON body.
    pub(in crate::server) fn takes<T: Described>(self) -> Self {
        self.taking(TakenBody::Json { shape: JsonShape::of::<T>(), is_optional: false })
    }

    /// Accepts a JSON body, or none.
    pub(in crate::server) fn may_take<T: Described>(self) -> Self {
        self.taking(TakenBody::Json { shape: JsonShape::of::<T>(), is_optional: true })
    }

    /// Accepts a form with one file.
    pub(in crate::server) fn takes_file(self) -> Self {
        self.taking(TakenBody::File).refuses(&[404, 415])
    }

    /// Accepts a text of one of these media types.
    pub(in crate::server) fn takes_media(self, types: &'static [&'static str]) -> Self {
        self.taking(TakenBody::Media(types))
    }

    /// Accepts a form with these fields.
    pub(in crate::server) fn takes_form(
        self,
        required: &'static [&'static str],
        optional: &'static [&'static [&'static str]],
    ) -> Self {
        self.taking(TakenBody::Form { required, optional })
    }

    fn taking(mut self, taken: TakenBody) -> Self {
        self.contract.taken = taken;
        self
    }

    /// Answers `200` with JSON.
    pub(in crate::server) fn gives<T: Described>(self) -> Self {
        self.giving(200, AnswerContent::Json(JsonShape::of::<T>()))
    }

    /// Answers `200` with JSON, or with bytes of one of these media types.
    pub(in crate::server) fn gives_json_or<T: Described>(
        self,
        types: &'static [&'static str],
    ) -> Self {
        self.giving(200, AnswerContent::JsonOr(JsonShape::of::<T>(), types))
    }

    /// Answers `201` with JSON.
    pub(in crate::server) fn creates<T: Described>(self) -> Self {
        self.giving(201, AnswerContent::Json(JsonShape::of::<T>()))
    }

    /// Answers `200` with a page of a list, as the query selects it.
    pub(in crate::server) fn lists<T: Described + 'static>(mut self) -> Self {
        self.contract.is_list = true;
        self.gives::<Envelope<'static, T>>()
    }

    /// Answers `200` with bytes of one of these media types.
    pub(in crate::server) fn gives_media(self, types: &'static [&'static str]) -> Self {
        self.giving(200, AnswerContent::Media(types))
    }

    /// Answers `201` with bytes of one of these media types.
    pub(in crate::server) fn creates_media(self, types: &'static [&'static str]) -> Self {
        self.giving(201, AnswerContent::Media(types))
    }

    /// Also answers with this status and no body.
    pub(in crate::server) fn gives_empty(self, status: u16) -> Self {
        self.giving(status, AnswerContent::Empty)
    }

    fn giving(mut self, status: u16, content: AnswerContent) -> Self {
        self.contract.given.push((status, content));
        self
    }

    /// Reads a query parameter that has to be there.
    pub(in crate::server) fn asks(self, name: &'static str) -> Self {
        self.asking(QueryParameter { name, is_required: true })
    }

    /// Reads a query parameter.
    pub(in crate::server) fn may_ask(self, name: &'static str) -> Self {
        self.asking(QueryParameter { name, is_required: false })
    }

    fn asking(mut self, asked: QueryParameter) -> Self {
        self.contract.asked.push(asked);
        self
    }

    /// Also refuses requests with these statuses.
    pub(in crate::server) fn refuses(mut self, statuses: &'static [u16]) -> Self {
        assert!(self.contract.refused.is_empty(), "{self:?} says twice how it refuses");
        self.contract.refused = statuses;
        self
    }

    /// The contract.
    #[cfg(test)]
    pub(in crate::server) fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The name of the JSON type of the body, if it is JSON.
    pub(in crate::server) fn taken_type(&self) -> Option<&'static str> {
        match self.contract.taken {
            TakenBody::Json { shape, .. } => Some((shape.name)()),
            TakenBody::File | TakenBody::Form { .. } | TakenBody::Media(_) | TakenBody::Nothing => {
                None
            }
        }
    }

    /// The statuses of errors. Every route is limited in rate and in time, and can fail.
    pub(in crate::server) fn refusals(&self) -> BTreeSet<u16> {
        let mut statuses = BTreeSet::from([429, 500, 503, 504]);
        let has_body = !matches!(self.contract.taken, TakenBody::Nothing);
        let has_effect = self.methods().any(|name| name != "GET") || self.has_effect_by_get();
        let is_known = self.contract.who != Who::Anyone;
        // A cookie that comes twice is a bad request, too.
        statuses.extend((has_body || self.reads_cookies()).then_some(400));
        statuses.extend(is_known.then_some(401));
        statuses.extend((is_known || (has_effect && !self.is_for_other_sites)).then_some(403));
        // An application with a token for one thing is told nothing of others.
        let may_be_unknown = self.path.contains('{') && self.audience != Audience::Application;
        statuses.extend(may_be_unknown.then_some(404));
        statuses.extend(has_body.then_some([408, 413]).into_iter().flatten());
        statuses.extend(self.contract.refused);
        statuses
    }

    /// Panics if an answer of the handler is not in the contract. Pages have none.
    pub(super) fn check(&self, response: &Response) {
        if self.audience == Audience::Person || self.verbs.is_empty() {
            return;
        }
        let (status, name) = (response.status_code().as_u16(), response.json_type());
        if status >= 400 {
            assert!(self.refusals().contains(&status), "{self:?} does not declare {status}");
            return;
        }
        let given = self.contract.given().iter().find(|(given, _)| *given == status);
        let Some((_, content)) = given else { panic!("{self:?} does not declare {status}") };
        let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.and_then(|media| media.split(';').next());
        match content {
            AnswerContent::Empty => assert_eq!(media, None, "{self:?} declares no body"),
            AnswerContent::JsonOr(_, types)
                if media.is_some_and(|media| types.contains(&media)) => {}
            AnswerContent::Json(shape) | AnswerContent::JsonOr(shape, _) => {
                assert_eq!(media, Some("application/json"), "{self:?} declares JSON");
                // An answer from a buffer has no type.
                let name = name.unwrap_or((shape.name)());
                assert_eq!(name, (shape.name)(), "{self:?} declares another type");
            }
            AnswerContent::Media(types) => {
                assert!(media.is_some_and(|media| types.contains(&media)), "{self:?}: {media:?}");
            }
        }
    }
}
