//! Every page in every state that people see, one after the other.

use std::sync::OnceLock;

use serde_json::json;

use super::{administration, application::Application, axe, visitor::Visitor};
use crate::support::{
    flow::CHALLENGE,
    https::HttpsSite,
    op::{TestClient, TestOp},
};

/// Lists the faults of a page, after WCAG 2.2.
pub(super) const AUDIT: &str = include_str!("audit.js");

/// The readable texts of a page, without the names of people and programs.
const TEXT: &str = "
    (() => {
        const named = 'pre, code, .brand, .intro, .person, .destination strong, .row-title, option, \
            #unregistered strong, .heading h1, th[scope=row], .recipe, .findings, .picks, td:not(:has(.badge)), .tick, .app';
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [document.title.split(' · ')[0]];
        while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (element.checkVisibility() && !element.closest(named))
                found.push(texts.currentNode.data.trim());
        }
        return found.join(' ');
    })()";

/// The name of the application that the tour comes by.
pub(super) const APPLICATION: &str = "Paperless-ngx for the Department of Mathematics";

/// A long name of a user.
pub(super) const PERSON: &str = "Maximiliane Freifrau von und zu Hohenlohe-Langenburg";

/// A page as it was found.
pub(super) struct Seen {
    pub(super) page: &'static str,
    pub(super) language: Option<String>,
    pub(super) text: String,
    /// The faults that the audit found on a phone and on a desk, in light and in dark colours.
    pub(super) faults: Vec<String>,
    /// The violations that axe found, where it was asked.
    pub(super) violations: Vec<String>,
    /// How many rules axe has tried.
    pub(super) rules: usize,
    /// How wide it is in a window of 320 pixels.
    pub(super) narrow_width: i64,
}

/// Every page as a user with a browser in English sees it.
pub(super) fn in_english() -> &'static [Seen] {
    static SEEN: OnceLock<Vec<Seen>> = OnceLock::new();
    SEEN.get_or_init(|| tour("en-GB"))
}

/// Every page as a user with a browser in Chinese sees it.
pub(super) fn in_chinese() -> &'static [Seen] {
    static SEEN: OnceLock<Vec<Seen>> = OnceLock::new();
    SEEN.get_or_init(|| tour("zh-CN"))
}

fn tour(language: &str) -> Vec<Seen> {
    let site = HttpsSite::start();
    let settings = [
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("CIMD_URL_ALLOWLIST", r#"["*"]"#),
        ("REQUIRE_USER_EMAIL", "false"),
        ("SMTP_HOST", "mail.example.com"),
        ("SMTP_FROM", "id@example.com"),
        ("EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED", "true"),
        ("EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED", "true"),
        ("EMAIL_VERIFICATION_ENABLED", "true"),
    ];
    let op = TestOp::with_outbound(&settings, site.outbound());
    let newcomer = || {
        let visitor = Visitor::new(&op);
        visitor.set_language(language);
        visitor
    };
    let mut seen = Vec::new();
    let mut look = |visitor: &Visitor, page| seen.push(look_at(visitor, page));
    set_up(&newcomer(), &mut look);
    sign_in(&newcomer(), &mut look);
    let alice = Visitor::with_passkey(&op, "alice");
    alice.set_language(language);
    go_to_application(&op, &alice, &mut look);
    go_to_stranger(&site, &alice, &mut look);
    let_device_in(&op, &alice, &mut look);
    visit_account(&alice, &mut look);
    go_wrong(&op, &newcomer(), &mut look);
    let keeper = Visitor::admin(&op, "keeper");
    keeper.set_language(language);
    administration::visit(&op, &keeper, &mut look);
    seen
}

fn look_at(visitor: &Visitor, page: &'static str) -> Seen {
    let (mut faults, mut verdicts) = (Vec::new(), Vec::new());
    // Nothing that axe looks at depends on the language, and it takes its time.
    let is_judged = visitor.eval("navigator.language") == "en-GB";
    for (device, (width, height, is_mobile)) in
        [("phone", (390, 844, true)), ("desk", (1280, 900, false))]
    {
        visitor.set_viewport(width, height, is_mobile);
        for is_dark in [false, true] {
            visitor.set_dark(is_dark);
            let found: Vec<String> = serde_json::from_value(visitor.eval(AUDIT)).expect("texts");
            faults.extend(found.iter().map(|fault| format!("{device}, dark {is_dark}: {fault}")));
            verdicts.extend(is_judged.then(|| judge(visitor, device, is_dark)).flatten());
        }
    }
    visitor.set_viewport(320, 640, true);
    let narrow_width = visitor.eval("document.documentElement.scrollWidth").as_i64();
    visitor.set_viewport(1280, 900, false);
    Seen {
        page,
        language: visitor.attribute("html", "lang"),
        text: visitor.eval(TEXT).as_str().unwrap_or_default().to_owned(),
        faults,
        rules: verdicts.iter().map(|verdict| verdict.rules).max().unwrap_or_default(),
        violations: verdicts.into_iter().flat_map(|verdict| verdict.violations).collect(),
        narrow_width: narrow_width.unwrap_or_default(),
    }
}

/// The verdict of axe: by all of its rules once on each device, and of the colours in both schemes.
fn judge(visitor: &Visitor, device: &str, is_dark: bool) -> Option<axe::Verdict> {
    match (device, is_dark) {
        ("phone", false) => None,
        ("desk", true) => Some(axe::judge_colours(visitor)),
        _ => Some(axe::judge(visitor)),
    }
}

fn set_up(visitor: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    visitor.open("/setup");
    look(visitor, "set-up");
    visitor.fill("[name=username]", "not a name");
    visitor.fill("[name=displayName]", &"x".repeat(101));
    visitor.fill("[name=email]", "nonsense");
    visitor.click("#setup-submit");
    visitor.wait_for("#email-error");
    look(visitor, "set-up with faults");
    visitor.fill("[name=username]", "root");
    visitor.fill("[name=displayName]", PERSON);
    visitor.fill("[name=email]", "maximiliane.hohenlohe-langenburg@mathematics.example.org");
    visitor.click("#setup-submit");
    visitor.wait_for("#create-passkey");
    look(visitor, "set-up, second step");
    visitor.open("/settings/account");
    look(visitor, "account without a passkey");
    visitor.open("/verify-email?token=abcdefghijklmnopqrstuvwxyz012345");
    visitor.click("#verify-form [type=submit]");
    visitor.wait_for("[role=alert]:not([hidden])");
    look(visitor, "wrong link of an email");
    visitor.open("/logout");
    look(visitor, "sign-out");
    visitor.click("#sign-out");
    visitor.wait_for("#signed-out");
    look(visitor, "signed out");
    visitor.open("/setup");
    look(visitor, "set up already");
}

fn sign_in(visitor: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    visitor.open("/login?ended=1");
    look(visitor, "sign-in after a session");
    visitor.click("#sign-in");
    visitor.wait_for("[role=alert]");
    look(visitor, "sign-in without a passkey");
    visitor.open("/lc/aB3xY9");
    visitor.click("#use-code");
    visitor.wait_for("[role=alert]");
    look(visitor, "wrong code");
    visitor.open("/lc");
    visitor.click("#use-code");
    visitor.wait_for("#code-error");
    look(visitor, "no code");
    visitor.open("/login/alternative");
    look(visitor, "other ways in");
    visitor.open("/login/alternative/email");
    look(visitor, "code by email");
    visitor.fill("[name=email]", "nobody@example.com");
    visitor.press("Enter");
    visitor.wait_for("#sent:not([hidden])");
    look(visitor, "code by email, sent");
}

fn go_to_application(op: &TestOp, alice: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    let application = Application::start_with(op, |client| {
        client.name = APPLICATION.parse().expect("a name");
        client.launch_url = Some("https://paperless.example.org".to_owned());
    });
    application.send(alice, &[]);
    look(alice, "application, sign-in");
    alice.click("#continue");
    alice.wait_for("[data-step=consent]");
    let scope = "openid profile email groups offline_access";
    application.send(alice, &[("scope", scope)]);
    look(alice, "application, consent");
    application.send(alice, &[("prompt", "select_account")]);
    look(alice, "application, choice");
    application.send(alice, &[("prompt", "login")]);
    look(alice, "application, confirmation");
}

/// An unregistered application that describes itself.
fn go_to_stranger(
    site: &HttpsSite,
    alice: &Visitor,
    look: &mut impl FnMut(&Visitor, &'static str),
) {
    let stranger = TestClient {
        id: site.url("/client.json"),
        secret: String::new(),
        redirect_uri: "http://127.0.0.1/callback".to_owned(),
    };
    let document = json!({
        "client_id": stranger.id,
        "client_name": APPLICATION,
        "redirect_uris": [stranger.redirect_uri],
        "token_endpoint_auth_method": "none",
    });
    site.answer_with("200 OK\r\ncontent-type: application/json", &document.to_string());
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    alice.open(&stranger.authorize_path(&pkce));
    alice.wait_for("#unregistered");
    look(alice, "application that nobody registered");
}

fn let_device_in(op: &TestOp, alice: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    let tv = op.client_with("https://tv.example.org", |client| {
        client.name = APPLICATION.parse().expect("a name");
        client.requires_reauthentication = true;
    });
    alice.open("/device");
    look(alice, "device");
    alice.click("#continue");
    alice.wait_for("#user_code-error");
    look(alice, "device, no code");
    let ask = || {
        let scope = "openid profile email groups offline_access";
        format!("/device?user_code={}", op.device_authorization(&tv, scope).user_code)
    };
    alice.open(&ask());
    look(alice, "device, question");
    alice.click("#deny");
    alice.wait_for("#device-denied");
    look(alice, "device, refused");
    let path = ask();
    alice.open(&path);
    alice.click("#allow");
    alice.wait_for("#device-allowed");
    look(alice, "device, allowed");
    alice.open(&path);
    look(alice, "device, used code");
}

fn visit_account(alice: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    alice.open("/settings/account");
    look(alice, "account");
    alice.click(".rename");
    alice.fill("[name=name]", "");
    alice.press("Enter");
    alice.wait_for(".rename-form .field-error");
    look(alice, "account, renaming");
    alice.click(".cancel");
    alice.click(".remove");
    alice.wait_for("#remove-last");
    look(alice, "account, removing");
    alice.click("#remove-cancel");
    alice.fill("[name=email]", "nonsense");
    alice.click("#account-save");
    alice.wait_for("#email-error");
    look(alice, "account with faults");
    alice.fill("[name=email]", "alice@example.org");
    alice.click("#account-save");
    alice.wait_for(".status:not(:empty)");
    look(alice, "account, saved");
}

fn go_wrong(op: &TestOp, visitor: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    let application = Application::start(op);
    for (name, wrong) in [
        ("unknown application", ("client_id", "nobody")),
        ("another callback URL", ("redirect_uri", "https://evil.example.com/a/long/path?a=b")),
        ("no callback URL", ("redirect_uri", "")),
    ] {
        application.send(visitor, &[wrong]);
        look(visitor, name);
    }
    visitor.open("/interaction?interaction=none");
    look(visitor, "expired");
    visitor.open("/nowhere");
    look(visitor, "not found");
}
