//! `/interaction`

use super::{
    Layout,
    disclosure::{Disclosure, Icon},
    encode, paths,
};
use crate::model::Step;

/// The signed-in user.
#[derive(Debug, Clone)]
pub struct ShownAccount {
    pub display_name: String,
    pub username: String,
    pub email: Option<String>,
}

/// Leads a user through the steps between an application's request and its answer, one at a time.
#[derive(Debug, askama::Template)]
#[template(path = "interaction.html")]
pub struct InteractionPage {
    pub layout: Layout,
    pub interaction_id: String,
    pub client_name: String,
    /// The URL of the application. Only an HTTP URL becomes a link.
    pub client_launch_url: Option<String>,
    /// The URL of the application's logo. Without one, its initials are shown.
    pub client_logo: Option<String>,
    pub client_initials: String,
    /// The host of a client that is not registered here but has a metadata document.
    pub client_host: Option<String>,
    /// Whether it registered itself, so that its name is unverified.
    pub is_self_registered: bool,
    pub current_step: Step,
    pub scopes: Vec<String>,
    /// The API that the application wants to use for the user.
    pub api: Option<String>,
    pub user: Option<ShownAccount>,
    /// The host that the answer is sent to, for users who check it before they sign in.
    pub redirect_host: String,
    /// Whether that host is not registered for the client yet, but will be by this sign-in.
    pub is_first_use: bool,
    /// The `login_hint` of the client. It may name an unknown account.
    pub login_hint: Option<String>,
}

impl InteractionPage {
    fn title(&self) -> String {
        let key = match self.current_step {
            Step::Authenticate => "interaction.authenticate.title",
            Step::SelectAccount => "interaction.select_account.title",
            Step::Reauthenticate => "interaction.reauthenticate.title",
            Step::Consent => "interaction.consent.title",
        };
        self.layout.with(key, "client", &self.client_name)
    }

    fn lead(&self) -> String {
        let key = match self.current_step {
            // The signed-in user is not the account that the client requested.
            Step::Authenticate if self.user.is_some() => "interaction.authenticate.other",
            Step::Authenticate => "interaction.authenticate.lead",
            Step::SelectAccount => "interaction.select_account.lead",
            Step::Reauthenticate => "interaction.reauthenticate.lead",
            Step::Consent => "interaction.consent.lead",
        };
        let values = [("client", self.client_name.as_str()), ("app", &self.layout.app_name)];
        self.layout.messages.with(key, &values)
    }

    /// The label of the button that continues.
    fn continue_label(&self) -> &str {
        self.layout.t(match self.current_step {
            Step::Authenticate => "interaction.authenticate.continue",
            Step::SelectAccount => "interaction.select_account.continue",
            Step::Reauthenticate => "interaction.reauthenticate.continue",
            Step::Consent => "interaction.consent.continue",
        })
    }

    fn deny_label(&self) -> &str {
        let consent = self.current_step == Step::Consent;
        self.layout.t(if consent { "interaction.deny" } else { "interaction.cancel" })
    }

    /// The hinted account, if it looks like one. Otherwise the author of a link could show any text
    /// on our page.
    fn hinted_account(&self) -> Option<&str> {
        let fits = |c: char| c.is_alphanumeric() || c.is_ascii_punctuation();
        let is_name = |hint: &&str| hint.chars().count() <= 100 && hint.chars().all(fits);
        let hint = self.login_hint.as_deref().filter(is_name);
        hint.filter(|_| self.current_step == Step::Authenticate)
    }

    /// A URL with another scheme, such as `javascript:`, is shown as text.
    fn launch_link(&self) -> Option<&str> {
        let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        self.client_launch_url.as_deref().filter(is_web)
    }

    /// The path of the page for a one-time code, which returns here.
    fn one_time_path(&self) -> String {
        let id = encode(&self.interaction_id);
        paths::one_time_link(Some(&format!("/interaction?interaction={id}")))
    }

    fn disclosures(&self) -> Vec<Disclosure> {
        let email = self.user.as_ref().and_then(|user| user.email.as_deref());
        let mut disclosures = Disclosure::list(&self.layout, &self.scopes, email);
        disclosures.extend(self.api.as_deref().map(|api| Disclosure::of_api(&self.layout, api)));
        disclosures
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::super::gallery;
    use super::*;

    #[test]
    fn only_a_web_address_becomes_a_link() {
        let mut page = gallery::interaction(Step::Consent);
        page.client_launch_url = Some("javascript:alert(1)".to_owned());

        assert!(!page.render().unwrap().contains("javascript:"));
    }

    #[test]
    fn a_scope_that_nobody_knows_is_shown_by_its_name() {
        let mut page = gallery::interaction(Step::Consent);
        page.scopes = vec!["read:<orders>".to_owned()];

        assert!(page.render().unwrap().contains("read:&#60;orders&#62;"));
    }

    #[test]
    fn a_login_hint_is_shown_where_one_signs_in_and_if_it_may_be_an_account() {
        let shows = |step, hint: &str| {
            let mut page = gallery::interaction(step);
            page.login_hint = Some(hint.to_owned());
            page.render().unwrap().contains("id=\"hint\"")
        };
        assert!(shows(Step::Authenticate, "alice@example.com"));
        assert!(!shows(Step::Consent, "alice@example.com"));
        assert!(!shows(Step::Authenticate, "Call 555-0100 to go on"));
        assert!(!shows(Step::Authenticate, "a\u{202e}b"));
        assert!(!shows(Step::Authenticate, &"a".repeat(101)));
    }

    #[test]
    fn another_account_is_offered_where_one_is_chosen_only() {
        for step in [Step::Authenticate, Step::SelectAccount, Step::Reauthenticate, Step::Consent] {
            let html = gallery::interaction(step).render().unwrap();

            assert_eq!(html.contains("id=\"use-another\""), step == Step::SelectAccount);
            assert!(html.contains("id=\"continue\"") && html.contains("id=\"deny\""));
        }
    }
}
