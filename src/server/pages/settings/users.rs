//! `/settings/admin/users`

use super::IdentityRow;
use crate::server::pages::{
    Heading, Layout, PageFrame, PasskeyRow, Pick, Profile, SessionRow, Tab, Time,
};

/// Shows one account, or the form for a new one.
#[derive(Debug, askama::Template)]
#[template(path = "settings/user.html")]
pub struct UserPage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    pub tabs: Vec<Tab>,
    pub tab: UserTab,
    /// Its id; none for a new one.
    pub id: Option<String>,
    pub profile: Profile,
    pub email_verified: bool,
    pub is_admin: bool,
    pub is_disabled: bool,
    /// Whether it is a service, and no person.
    pub is_service: bool,
    /// Whether it is the account of who looks at it.
    pub is_own: bool,
    /// Whether it is changed in the directory only.
    pub is_kept: bool,
    /// Whether an account must have an email address.
    pub email_required: bool,
    /// Whether login codes are sent to the user by email.
    pub mails_codes: bool,
}

/// A group that a user is in.
#[derive(Debug)]
pub struct MembershipRow {
    pub id: String,
    pub name: String,
    /// When the membership ends.
    pub until: Option<Time>,
}

/// A subject of a trusted issuer that stands for a user.
#[derive(Debug)]
pub struct AssertedSubjectRow {
    pub id: String,
    pub issuer: String,
    /// The address of the issuer's keys.
    pub jwks_url: String,
    pub since: Time,
}

/// Invites somebody by email.
#[derive(Debug, askama::Template)]
#[template(path = "settings/invite.html")]
pub struct InvitePage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// The groups to choose from.
    pub picks: Vec<Pick>,
}

/// The content of a tab.
#[derive(Debug)]
pub enum UserTab {
    General,
    /// All groups, and which of them the user is a member of.
    Groups {
        picks: Vec<Pick>,
        memberships: Vec<MembershipRow>,
    },
    Passkeys {
        passkeys: Vec<PasskeyRow>,
        subjects: Vec<AssertedSubjectRow>,
    },
    /// The claims: name and value.
    Claims(Vec<(String, String)>),
    /// How a service proves who it is.
    Credentials(ServiceForm),
    Sessions(Vec<SessionRow>),
}

/// How a service proves who it is, and its clients.
#[derive(Debug)]
pub struct ServiceForm {
    /// When it last got a token.
    pub last_token: Option<Time>,
    /// All clients, and which of them it gets tokens through.
    pub clients: Vec<Pick>,
    pub issuers: Vec<IdentityRow>,
    /// Its public keys, as JSON; empty if it has none.
    pub jwks: String,
}

/// The form for a new service.
#[derive(Debug, askama::Template)]
#[template(path = "settings/service_new.html")]
pub struct NewServicePage {
    pub layout: Layout,
    pub frame: PageFrame,
    pub heading: Heading,
    /// The groups to choose from.
    pub picks: Vec<Pick>,
}

impl UserPage {
    /// The path of the service in the REST API.
    fn service_api(&self) -> String {
        format!("/api/services/{}", self.id.as_deref().unwrap_or_default())
    }

    /// The path of the account in the REST API.
    fn api(&self) -> String {
        format!("/api/users/{}", self.id.as_deref().unwrap_or_default())
    }
}
