//! The information that an application gets by each scope, in plain words

use super::Layout;

/// The information that an application gets by one scope.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disclosure {
    pub(super) icon: Icon,
    pub(super) title: String,
    pub(super) detail: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Icon {
    Group,
    Id,
    Key,
    Mail,
    SignedInPerson,
    Refresh,
}

impl Disclosure {
    /// One for each scope. `email` is the address of the user of the page.
    pub(super) fn list(layout: &Layout, scopes: &[String], email: Option<&str>) -> Vec<Self> {
        scopes.iter().map(|scope| Self::of(layout, scope, email)).collect()
    }

    /// One for an API that the application wants to use for the user.
    pub(super) fn of_api(layout: &Layout, api: &str) -> Self {
        Self {
            icon: Icon::Key,
            title: api.to_owned(),
            detail: layout.t("scope.api.detail").to_owned(),
        }
    }

    fn of(layout: &Layout, scope: &str, email: Option<&str>) -> Self {
        let (icon, title, detail) = match scope {
            "openid" => (Icon::Id, "scope.openid.title", "scope.openid.detail"),
            "profile" => (Icon::SignedInPerson, "scope.profile.title", "scope.profile.detail"),
            "email" => (Icon::Mail, "scope.email.title", "scope.email.detail"),
            "groups" => (Icon::Group, "scope.groups.title", "scope.groups.detail"),
            "offline_access" => (Icon::Refresh, "scope.offline.title", "scope.offline.detail"),
            _ => (Icon::Key, scope, "scope.other.detail"),
        };
        let shown = email.filter(|_| scope == "email");
        Self {
            icon,
            title: layout.t(title).to_owned(),
            detail: shown.unwrap_or_else(|| layout.t(detail)).to_owned(),
        }
    }
}
