//! The frame around the pages of the settings: the signed-in user, and the navigation.

use super::Layout;

/// The frame of one page.
#[derive(Debug, Clone)]
pub struct PageFrame {
    pub person: SignedInPerson,
    /// The path of the entry that the page belongs to.
    pub here: &'static str,
}

/// The signed-in user.
#[derive(Debug, Clone)]
pub struct SignedInPerson {
    pub id: String,
    pub name: String,
    /// The email, or else the username.
    pub detail: String,
    pub is_admin: bool,
}

/// An entry of the navigation.
#[derive(Debug)]
pub struct NavEntry {
    /// The key of its label.
    pub key: &'static str,
    pub path: &'static str,
    /// An SVG.
    pub icon: &'static str,
}

/// Declares entries, each with its icon.
macro_rules! entries {
    ($($key:literal: $path:literal, $icon:literal;)+) => {
        &[$(NavEntry { key: $key, path: $path, icon: include_str!(concat!("icons/", $icon, ".svg")) },)+]
    };
}

/// The entries for every user.
const OWN: &[NavEntry] = entries! {
    "nav.account": "/settings/account", "person";
    "nav.apps": "/settings/apps", "apps";
    "nav.own_audit_log": "/settings/audit-log", "log";
};

/// The entries for administrators: all below one path, so that a proxy can restrict it.
const ADMINISTRATION: &[NavEntry] = entries! {
    "nav.users": "/settings/admin/users", "group";
    "nav.groups": "/settings/admin/user-groups", "groups";
    "nav.clients": "/settings/admin/oidc-clients", "app";
    "nav.client_requests": "/settings/admin/client-requests", "app";
    "nav.apis": "/settings/admin/apis", "api";
    "nav.protected_hosts": "/settings/admin/protected-hosts", "lock";
    "nav.ssh": "/settings/admin/ssh", "terminal";
    "nav.api_keys": "/settings/admin/api-keys", "key";
    "nav.scim_tokens": "/settings/admin/scim-tokens", "swap";
    "nav.configuration": "/settings/admin/application-configuration", "gear";
    "nav.audit_log": "/settings/admin/audit-log", "log";
    "nav.webhooks": "/settings/admin/webhooks", "swap";
    "nav.signing_keys": "/settings/admin/signing-keys", "seal";
    "nav.backups": "/settings/admin/backups", "archive";
    "nav.health": "/settings/admin/health", "pulse";
};

impl PageFrame {
    /// The entries for everybody.
    pub(super) fn own(&self) -> &'static [NavEntry] {
        OWN
    }

    /// The entries for administrators; none for others.
    pub(super) fn administration(&self) -> &'static [NavEntry] {
        if self.person.is_admin { ADMINISTRATION } else { &[] }
    }

    /// Whether a page belongs to this entry. Templates pass their arguments by reference.
    pub(super) fn is_at(&self, entry: &NavEntry) -> bool {
        entry.path == self.here
    }

    /// The path of the picture of the signed-in user.
    pub(super) fn picture(&self) -> String {
        format!("/api/users/{}/profile-picture.png", self.person.id)
    }
}

/// A tab of a page, which has an address of its own.
#[derive(Debug, Clone)]
pub struct Tab {
    /// The key of its label.
    pub key: &'static str,
    pub href: String,
    pub is_current: bool,
}

/// The tabs of a page: pairs of a name, which stands in `?tab=`, and the key of a label. The first
/// one is shown if the address names none.
pub fn tabs(path: &str, all: &[(&str, &'static str)], current: &str) -> Vec<Tab> {
    let first = all.first().map_or("", |(name, _)| name);
    all.iter()
        .map(|(name, key)| Tab {
            key,
            href: if *name == first { path.to_owned() } else { format!("{path}?tab={name}") },
            is_current: *name == current,
        })
        .collect()
}

/// The name of the tab that is asked for, if there is such a one; else the first one.
pub fn current_tab<'a>(all: &[(&'a str, &str)], asked: Option<&str>) -> &'a str {
    let known = all.iter().map(|(name, _)| *name);
    let mut found = known.clone().filter(|name| Some(*name) == asked);
    found.next().or_else(|| known.clone().next()).unwrap_or_default()
}

/// The heading above the content of a page.
#[derive(Debug, Clone)]
pub struct Heading {
    pub title: String,
    /// The page above this one, and the key of its name.
    pub parent: Option<(&'static str, &'static str)>,
    /// A sentence about the page.
    pub about: Option<String>,
}

impl Heading {
    /// The heading of a page that the navigation leads to.
    pub fn of(layout: &Layout, title: &str, about: &str) -> Self {
        Self {
            title: layout.t(title).to_owned(),
            parent: None,
            about: Some(layout.t(about).to_owned()),
        }
    }

    /// The heading of a page about one thing, below the page of all such things.
    pub fn below(path: &'static str, key: &'static str, title: impl Into<String>) -> Self {
        Self { title: title.into(), parent: Some((path, key)), about: None }
    }
}
