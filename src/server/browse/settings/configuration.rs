//! `/settings/admin/application-configuration`

use std::collections::BTreeSet;

use super::{
    enter::{Visit, answer},
    words::{pairs, pick_group},
};
use crate::{
    directory::LastSync,
    model::{AppConfig, ApplicationImage, ConfigKey, Group, Timestamp, app_config::ValueType},
    server::{
        browse::{Page, time},
        http::Request,
        live_config::StoredConfig,
        pages::{
            ConfigField, ConfigFieldKind, ConfigurationPage, Heading, ImageForm, Layout, Pick,
            ShownSync, current_tab, tabs,
        },
    },
    store::{StoreError, Tx, directory, groups, images},
};

const PATH: &str = "/settings/admin/application-configuration";
const TABS: &[(&str, &str)] = &[
    ("general", "tab.general"),
    ("images", "config.images"),
    ("signup", "config.signup"),
    ("passkeys", "tab.passkeys"),
    ("email", "field.email"),
    ("ldap", "tab.ldap"),
    ("oidc", "tab.oidc"),
];

/// The tab that a key belongs to.
fn tab_of(key: ConfigKey) -> &'static str {
    use ConfigKey::{
        AccentColor, AllowOwnAccountEdit, AppName, DisableAnimations, EmailsVerified, HomePageUrl,
        RequireUserEmail, SessionDuration,
    };
    match key {
        AppName | SessionDuration | HomePageUrl | AllowOwnAccountEdit | DisableAnimations
        | AccentColor => "general",
        RequireUserEmail | EmailsVerified => "email",
        key if key.name().starts_with("smtp") || key.name().starts_with("email") => "email",
        key if key.name().starts_with("ldap") => "ldap",
        key if key.name().starts_with("webauthn") => "passkeys",
        key if key.name().to_lowercase().contains("signup") => "signup",
        _ => "oidc",
    }
}

/// `GET /settings/admin/application-configuration`
pub(super) async fn show(req: Request) -> Page {
    let visit = Visit::of_admin(req, PATH).await?;
    let tab = current_tab(TABS, visit.asked_tab().as_deref());
    let now = visit.req.head.now;
    let read = visit.req.app.store().read(move |tx| {
        let images = if tab == "images" { image_forms(tx)? } else { vec![] };
        let groups = if tab == "signup" { groups::list(tx, now)? } else { vec![] };
        let last = if tab == "ldap" { directory::last_sync(tx)? } else { None };
        Ok::<_, StoreError>((StoredConfig::read(tx)?, groups, images, last))
    });
    let (chosen, groups, images, last) = read.await?;
    let last = last.and_then(|last| LastSync::parse(&last));
    let Visit { req, layout, frame } = visit;
    let config = req.app.config_of(&chosen);
    let keys: Vec<_> = ConfigKey::ALL.iter().filter(|key| tab_of(**key) == tab).collect();
    answer(&ConfigurationPage {
        heading: Heading::of(&layout, "nav.configuration", "config.about"),
        tabs: tabs(PATH, TABS, tab),
        tab,
        fields: keys.into_iter().map(|key| field(&layout, *key, &config, &groups)).collect(),
        images,
        last_sync: last.map(|last| shown_sync(&layout, last)),
        is_locked: req.app.settings().app_config.is_some(),
        layout,
        frame,
    })
}

/// How the last sync with the directory ended.
fn shown_sync(layout: &Layout, last: LastSync) -> ShownSync {
    let sum = last.sum;
    let counts = [
        ("sync.users_created", sum.users_created),
        ("sync.users_changed", sum.users_changed),
        ("sync.users_disabled", sum.users_disabled),
        ("sync.users_deleted", sum.users_deleted),
        ("sync.groups_created", sum.groups_created),
        ("sync.groups_changed", sum.groups_changed),
        ("sync.groups_deleted", sum.groups_deleted),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    ShownSync {
        ended: time(Timestamp::from_unix(last.ended_at)),
        needs_confirmation: last.needs_confirmation,
        counts: counts.map(|(key, count)| layout.with(key, "count", count.to_string())).collect(),
        more: match last.warning_count.saturating_sub(last.warnings.len()) {
            0 => None,
            more => Some(layout.with("sync.skipped_more", "count", more.to_string())),
        },
        warnings: last.warnings,
        fault: last.fault,
    }
}

fn field(
    layout: &Layout,
    key: ConfigKey,
    config: &AppConfig,
    groups: &[(Group, i64)],
) -> ConfigField {
    let name = key.name();
    let words = |end: &str| {
        let key = format!("config.{name}{end}");
        let text = layout.t(&key);
        if text == key { String::new() } else { text.to_owned() }
    };
    ConfigField {
        name,
        label: words(""),
        hint: words(".hint"),
        kind: kind(layout, key, config, groups),
    }
}

fn kind(
    layout: &Layout,
    key: ConfigKey,
    config: &AppConfig,
    groups: &[(Group, i64)],
) -> ConfigFieldKind {
    let value = config.text(key);
    match key.value_type() {
        ValueType::Boolean => ConfigFieldKind::Toggle(value == "true"),
        ValueType::Choice(words) => {
            let word = |word: &&str| {
                let text = layout.t(&format!("config.{}.{word}", key.name())).to_owned();
                ((*word).to_owned(), text)
            };
            ConfigFieldKind::Choice(words.iter().map(word).collect(), value.to_owned())
        }
        ValueType::HomePage => ConfigFieldKind::Choice(home_pages(layout, value), value.to_owned()),
        ValueType::Secret => ConfigFieldKind::Secret(!value.is_empty()),
        ValueType::AddressPatterns | ValueType::HostDomains => {
            let lines: Vec<String> = serde_json::from_str(value).unwrap_or_default();
            ConfigFieldKind::Lines(lines.join("\n"))
        }
        ValueType::GroupIds => {
            let ids: BTreeSet<String> = serde_json::from_str(value).unwrap_or_default();
            let pick = |(group, _): &(Group, i64)| {
                let pick = pick_group(group);
                Pick { is_picked: ids.contains(&pick.value), ..pick }
            };
            ConfigFieldKind::Groups(groups.iter().map(pick).collect())
        }
        ValueType::Claims => ConfigFieldKind::Claims(pairs(config.signup_default_claims())),
        ValueType::Color => ConfigFieldKind::Color(value.to_owned()),
        ValueType::Email => ConfigFieldKind::Text(value.to_owned(), "email"),
        ValueType::Integer { .. } => ConfigFieldKind::Text(value.to_owned(), "number"),
        ValueType::Text { .. } => ConfigFieldKind::Text(value.to_owned(), "text"),
    }
}

/// The pages to begin with: ours, and the one that was set elsewhere.
fn home_pages(layout: &Layout, value: &str) -> Vec<(String, String)> {
    let own = [("/settings/account", "nav.account"), ("/settings/apps", "nav.apps")];
    let mut pages = own.map(|(path, key)| (path.to_owned(), layout.t(key).to_owned())).to_vec();
    if !own.iter().any(|(path, _)| *path == value) {
        pages.push((value.to_owned(), value.to_owned()));
    }
    pages
}

/// An image, its form, and its paths.
struct ImageOf {
    image: ApplicationImage,
    label: &'static str,
    id: &'static str,
    path: &'static str,
}

const IMAGES: &[ImageOf] = &[
    ImageOf {
        image: ApplicationImage::LogoLight,
        label: "images.logo_light",
        id: "logo-light",
        path: "/api/application-images/logo?light=true",
    },
    ImageOf {
        image: ApplicationImage::LogoDark,
        label: "images.logo_dark",
        id: "logo-dark",
        path: "/api/application-images/logo?light=false",
    },
    ImageOf {
        image: ApplicationImage::Favicon,
        label: "images.favicon",
        id: "favicon",
        path: "/api/application-images/favicon",
    },
    ImageOf {
        image: ApplicationImage::Background,
        label: "images.background",
        id: "background",
        path: "/api/application-images/background",
    },
    ImageOf {
        image: ApplicationImage::DefaultProfilePicture,
        label: "images.profile",
        id: "profile",
        path: "/api/application-images/default-profile-picture",
    },
    ImageOf {
        image: ApplicationImage::LogoEmail,
        label: "images.email",
        id: "email",
        path: "/api/application-images/email",
    },
];

fn image_forms(tx: &mut Tx<'_>) -> Result<Vec<ImageForm>, StoreError> {
    let mut forms = Vec::new();
    for ImageOf { image, label, id, path } in IMAGES {
        let is_set = images::has_application_image(tx, *image)?;
        forms.push(ImageForm {
            label,
            id,
            path,
            shown: is_set.then(|| (*path).to_owned()),
            is_on_dark: *image == ApplicationImage::LogoDark,
        });
    }
    Ok(forms)
}
