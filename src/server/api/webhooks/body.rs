//! The body of a webhook.

use serde::Deserialize;

use crate::{
    model::{EventFilter, WebhookName, WebhookUrl},
    operations::webhooks::WebhookDraft,
    server::http::{ApiError, api_error::FieldError},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["name", "url"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookBody {
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    /// The kinds of events that are sent; an empty list stands for every kind.
    #[serde(default)]
    events: Vec<String>,
    #[serde(default = "enabled")]
    is_enabled: bool,
}

fn enabled() -> bool {
    true
}

impl WebhookBody {
    /// Checks every field and reports all faults at once.
    pub(super) fn check(&self) -> Result<WebhookDraft, ApiError> {
        let name = self.name.parse::<WebhookName>();
        let url = self.url.parse::<WebhookUrl>();
        match (name, url, EventFilter::parse(&self.events)) {
            (Ok(name), Ok(url), Ok(events)) => {
                Ok(WebhookDraft { name, url, events, is_enabled: self.is_enabled })
            }
            (name, url, events) => {
                let faults = [("name", name.err()), ("url", url.err()), ("events", events.err())];
                let faults = faults.into_iter();
                let faults = faults
                    .filter_map(|(field, error)| Some(FieldError::new(field, error?)))
                    .collect();
                Err(ApiError::validation(faults))
            }
        }
    }
}
