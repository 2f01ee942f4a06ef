//! An example of every page, for tests and for viewing.

use askama::Template;

use super::*;
use crate::model::Step;

/// The name of a page, and its HTML.
type Rendered = (&'static str, String);

fn layout(locale: Locale) -> Layout {
    Layout::new(locale, &AppConfig::default(), Some("Alice Adams"))
}

fn anonymous(locale: Locale) -> Layout {
    Layout { signed_in: None, ..layout(locale) }
}

pub(super) fn interaction(step: Step) -> InteractionPage {
    InteractionPage {
        layout: layout(Locale::En),
        interaction_id: "0198c0de".to_owned(),
        client_name: "Linkding".to_owned(),
        client_launch_url: Some("https://links.example.com".to_owned()),
        client_logo: None,
        client_initials: initials("Linkding"),
        client_host: None,
        is_self_registered: false,
        current_step: step,
        api: None,
        scopes: ["openid", "profile", "email", "groups", "offline_access", "read:orders"]
            .map(str::to_owned)
            .into(),
        user: Some(ShownAccount {
            display_name: "Alice Adams".to_owned(),
            username: "alice".to_owned(),
            email: Some("alice@example.com".to_owned()),
        }),
        redirect_host: "links.example.com".to_owned(),
        is_first_use: false,
        login_hint: None,
    }
}

pub(super) fn error(problem: PageProblem) -> ErrorPage {
    ErrorPage {
        layout: anonymous(Locale::En),
        problem,
        request_id: Some("0198c0de4a7b7c3e9d5a".to_owned()),
    }
}

fn frame() -> PageFrame {
    let person = SignedInPerson {
        id: "0198c0de-4a7b-7c3e-9d5a-2b1f0e8d6c4a".to_owned(),
        name: "Alice Adams".to_owned(),
        detail: "alice@example.com".to_owned(),
        is_admin: true,
    };
    PageFrame { person, here: "/settings/account" }
}

pub(super) fn account(locale: Locale) -> AccountPage {
    let passkey = |id: &str, name: &str, last_used, synced| PasskeyRow {
        id: id.to_owned(),
        credential: id.to_owned(),
        name: name.to_owned(),
        added: Time::at(1_760_000_000),
        last_used,
        synced,
    };
    let session = |id: &str, device: &str, ip_address: &str, current| SessionRow {
        id: id.to_owned(),
        device: device.to_owned(),
        ip_address: ip_address.to_owned(),
        signed_in: Time::at(1_764_000_000),
        last_used: Time::at(1_764_074_342),
        current,
        bound: current,
    };
    AccountPage {
        layout: layout(locale),
        frame: frame(),
        profile: Profile {
            username: "alice".to_owned(),
            first_name: "Alice".to_owned(),
            last_name: "Adams".to_owned(),
            display_name: "Alice Adams".to_owned(),
            shown_name: "Alice Adams".to_owned(),
            email: "alice@example.com".to_owned(),
        },
        locale: Some(locale),
        editable: true,
        email_required: true,
        asks_to_verify_email: false,
        passkeys: vec![
            passkey("p1", "iCloud Keychain Passkey", Some(Time::at(1_764_074_342)), true),
            passkey("p2", "YubiKey 5C", None, false),
        ],
        sessions: vec![
            session("s1", "Firefox on Linux", "192.0.2.17", true),
            session("s2", "Safari on iPhone", "2001:db8:85a3:8d3:1319:8a2e:370:7348", false),
        ],
        ssh_certificates: vec![SshCertificateRow {
            id: "c1".to_owned(),
            accounts: "alice, root@db1".to_owned(),
            issued: Time::at(1_764_000_000),
            expires: Time::at(1_764_036_000),
        }],
    }
}

/// The account of a user with long names and no other data.
fn bare_account(locale: Locale) -> AccountPage {
    AccountPage {
        profile: Profile {
            username: "maximiliane-von-und-zu-hohenlohe-langenburg@example".to_owned(),
            first_name: String::new(),
            last_name: String::new(),
            display_name: String::new(),
            shown_name: "maximiliane-von-und-zu-hohenlohe-langenburg@example".to_owned(),
            email: "maximiliane.hohenlohe-langenburg@department.university.example.org".to_owned(),
        },
        locale: None,
        editable: false,
        email_required: false,
        passkeys: Vec::new(),
        sessions: Vec::new(),
        ..account(locale)
    }
}

/// An interaction with the longest realistic values.
fn long_interaction(locale: Locale) -> InteractionPage {
    let user = ShownAccount {
        display_name: "Maximiliane Freifrau von und zu Hohenlohe-Langenburg".to_owned(),
        username: "maximiliane".to_owned(),
        email: Some(
            "maximiliane.hohenlohe-langenburg@department.university.example.org".to_owned(),
        ),
    };
    InteractionPage {
        layout: layout(locale),
        client_name: "Paperless-ngx for the Department of Mathematics".to_owned(),
        client_launch_url: None,
        client_logo: None,
        client_initials: "PM".to_owned(),
        is_self_registered: true,
        client_host: Some("paperless.documents.mathematics.university.example.org".to_owned()),
        api: None,
        scopes: vec!["openid".to_owned(), "urn:example:documents:read-and-write:all".to_owned()],
        user: Some(user),
        redirect_host: "paperless.documents.mathematics.university.example.org:8443".to_owned(),
        is_first_use: true,
        login_hint: None,
        ..interaction(Step::Consent)
    }
}

fn device(locale: Locale, typed: &str, fault: Option<CodeFault>) -> DevicePage {
    DevicePage { layout: layout(locale), typed: typed.to_owned(), fault }
}

fn device_confirm(locale: Locale, requires_passkey: bool) -> DeviceConfirmPage {
    let InteractionPage { client_name, client_initials, scopes, user, .. } =
        interaction(Step::Consent);
    DeviceConfirmPage {
        layout: layout(locale),
        user_code: "E7K2M9QX".to_owned(),
        client_name,
        client_logo: None,
        client_initials,
        is_self_registered: !requires_passkey,
        client_host: requires_passkey.then(|| "links.example.com".to_owned()),
        scopes,
        api: requires_passkey.then(|| "SSH: root, postgres@db1".to_owned()),
        user: user.unwrap(),
        origin: "2001:db8:85a3:8d3:1319:8a2e:370:7348 (Bergen, Norway)".to_owned(),
        requires_passkey,
    }
}

fn problems() -> Vec<(&'static str, PageProblem)> {
    let linkding = || "linkding".to_owned();
    vec![
        ("error-expired", PageProblem::InteractionExpired),
        ("error-used", PageProblem::InteractionUsed),
        ("error-internal", PageProblem::Internal),
        ("error-not-allowed", PageProblem::NotAllowed { client_name: "Linkding".to_owned() }),
        ("error-not-found", PageProblem::NotFound),
        (
            "error-other",
            PageProblem::Other { status: 400, message: "Invalid PAR session.".to_owned() },
        ),
        (
            "error-redirect-uri",
            PageProblem::RedirectUriNotRegistered {
                redirect_uri: "https://links.example.com/oidc/callback/which/is/very/long?a=b"
                    .to_owned(),
                client: linkding(),
            },
        ),
        ("error-invitation", PageProblem::InvitationOver),
        ("error-repeated-cookie", PageProblem::RepeatedCookie),
        ("error-signup-closed", PageProblem::SignupClosed),
        ("error-too-many", PageProblem::TooManyRequests),
        ("error-too-many-pending", PageProblem::TooManyPending),
        ("error-unknown-client", PageProblem::UnknownClient { client: linkding() }),
    ]
}

fn login(locale: Locale) -> LoginPage {
    LoginPage { layout: anonymous(locale), redirect: None, has_ended: true, may_sign_up: true }
}

fn set_up(locale: Locale, token: Option<&str>, asks_for_code: bool) -> SetupPage {
    let signup = token.map(|token| Signup { token: Some(token.to_owned()) });
    SetupPage {
        layout: anonymous(locale),
        asks_for_code,
        email_required: true,
        signup,
        redirect: None,
    }
}

fn show(name: &'static str, page: &impl Template) -> Rendered {
    (name, page.render().unwrap())
}

/// Renders the pages that lead away from this site.
fn on_the_way_out(locale: Locale) -> Vec<Rendered> {
    vec![
        show("logout", &LogoutPage { layout: layout(locale), onward: None, refused: None }),
        show(
            "logout-done-onward",
            &LogoutPage {
                layout: anonymous(locale),
                onward: Some("https://app.example.com/bye".to_owned()),
                refused: None,
            },
        ),
        show("logout-done", &LogoutPage { layout: anonymous(locale), onward: None, refused: None }),
        show(
            "logout-refused",
            &LogoutPage { layout: layout(locale), onward: None, refused: Some(Refused::Address) },
        ),
        show(
            "onward",
            &OnwardPage {
                layout: anonymous(locale),
                url: "https://links.example.com/callback?code=a&state=\"b".to_owned(),
            },
        ),
    ]
}

/// Renders every page in one language.
fn all(locale: Locale) -> Vec<Rendered> {
    let one_time = |code: Option<&str>| OneTimeLinkPage {
        layout: anonymous(locale),
        code: code.map(str::to_owned),
        redirect: None,
    };
    let mut pages = vec![
        show("account", &account(locale)),
        show("account-bare", &bare_account(locale)),
        show("device", &device(locale, "", None)),
        show("device-expired", &device(locale, "E7K2M9QX", Some(CodeFault::Expired))),
        show("device-missing", &device(locale, "", Some(CodeFault::Missing))),
        show("device-unknown", &device(locale, "nonsense", Some(CodeFault::Unknown))),
        show("device-confirm", &device_confirm(locale, false)),
        show("device-confirm-passkey", &device_confirm(locale, true)),
        show(
            "form-post",
            &FormPostPage {
                layout: layout(locale),
                action: "https://links.example.com/callback".to_owned(),
                fields: vec![("code".to_owned(), "a\"b".to_owned())],
            },
        ),
        show("interaction-long", &long_interaction(locale)),
        show("lc", &one_time(None)),
        show("lc-code", &one_time(Some("kQ3vX9"))),
        show("login", &login(locale)),
        show("setup", &set_up(locale, None, false)),
        show("setup-code", &set_up(locale, None, true)),
        show("signup", &set_up(locale, Some("kQ3vX9kQ3vX9kQ3v"), false)),
        show("setup-done", &SetupDonePage { layout: anonymous(locale) }),
    ];
    pages.extend(on_the_way_out(locale));
    for (name, step) in [
        ("interaction-authenticate", Step::Authenticate),
        ("interaction-select-account", Step::SelectAccount),
        ("interaction-reauthenticate", Step::Reauthenticate),
        ("interaction-consent", Step::Consent),
    ] {
        pages.push(show(name, &InteractionPage { layout: layout(locale), ..interaction(step) }));
    }
    for (name, problem) in problems() {
        pages.push(show(name, &ErrorPage { layout: anonymous(locale), ..error(problem) }));
    }
    pages
}

fn all_in_every_language() -> Vec<(Locale, Rendered)> {
    let mut pages = Vec::new();
    for locale in Locale::ALL {
        pages.extend(all(*locale).into_iter().map(|page| (*locale, page)));
    }
    pages
}

/// The content security policy forbids inline scripts and styles: they would have no effect.
#[test]
fn no_page_has_inline_scripts_or_styles() {
    for (_, (name, html)) in all_in_every_language() {
        assert!(!html.contains("<style") && !html.contains(" style="), "{name}");
        for script in html.split("<script").skip(1) {
            let (attributes, rest) = script.split_once('>').unwrap();
            assert!(attributes.contains(" src=\"/assets/"), "{name}");
            assert!(rest.starts_with("</script>"), "{name}");
        }
        let handler = html.split_whitespace().find(|word| word.starts_with("on"));
        assert!(handler.is_none_or(|word| !word.contains('=')), "{name}: {handler:?}");
    }
}

#[test]
fn every_asset_that_a_page_names_is_there() {
    for (_, (name, html)) in all_in_every_language() {
        for reference in html.split("\"/assets/").skip(1) {
            let path = reference.split('"').next().unwrap();
            let (version, file) = path.split_once('/').expect("a version");
            assert!(assets::find(version, file).is_some(), "{name}: {path}");
        }
    }
}

#[test]
fn a_page_says_its_language() {
    for (locale, (name, html)) in all_in_every_language() {
        assert!(html.contains(&format!("<html lang=\"{}\">", locale.tag())), "{name}");
    }
}

/// WCAG 2.2 §3.3.2 and §4.1.2: the purpose of a field must be available to users who do not see it.
#[test]
fn every_field_has_a_label() {
    for (_, (name, html)) in all_in_every_language() {
        for field in html.split('<').filter(|tag| {
            let visible = tag.starts_with("input") && !tag.contains("type=\"hidden\"");
            visible || tag.starts_with("select")
        }) {
            let id = field.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let label = id.map(|id| format!("<label for=\"{id}\">"));
            let hidden = id.map(|id| format!("<label class=\"visually-hidden\" for=\"{id}\">"));
            let labelled =
                |label: &Option<String>| label.as_ref().is_some_and(|l| html.contains(l));
            assert!(labelled(&label) || labelled(&hidden), "{name}: {field}");
        }
    }
}

#[test]
fn ids_are_unique() {
    for (_, (name, html)) in all_in_every_language() {
        let mut ids: Vec<_> =
            html.split(" id=\"").skip(1).map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}");
    }
}
