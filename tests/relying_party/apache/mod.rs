//! Apache with mod_auth_openidc, as Debian packages them.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use serde_json::json;

use crate::support::{
    agent::{Agent, Answer},
    daemon::Daemon,
    flow::Person,
    op::{TestClient, TestOp},
    ports::free_port,
    program::relying_party,
    wait_until,
};

/// Starts the site, which ends when it is dropped.
#[track_caller]
fn start_site(op: &TestOp, client: &TestClient, port: u16, response_mode: &str) -> Daemon {
    let folder = tempfile::tempdir().expect("a folder for the site");
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).expect("a folder for its pages");
    fs::copy(relying_party("apache/index.html"), pages.join("index.html")).expect("a page");
    // Apache gives up the rights of root.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
    let mut apache = Command::new("/usr/sbin/apache2");
    apache
        .arg("-X")
        .arg("-f")
        .arg(relying_party("apache/site.conf"))
        .env_clear()
        .env("SITE_FOLDER", folder.path())
        .env("SITE_PORT", port.to_string())
        .env("ISSUER", op.base_url())
        .env("CLIENT_ID", &client.id)
        .env("CLIENT_SECRET", &client.secret)
        .env("AUTH_METHOD", "client_secret_basic")
        .env("RESPONSE_MODE", response_mode);
    Daemon::start(&mut apache, folder, port)
}

/// The value that the page shows under a name.
#[track_caller]
fn shown(page: &Answer, name: &str) -> String {
    let text = page.text();
    let found = text.split_once(&format!("<dt>{name}<dd>"));
    let value = found.and_then(|(_, rest)| rest.split_once("</dd>"));
    value.unwrap_or_else(|| panic!("no {name} in {page:?}")).0.to_owned()
}

/// A site, its provider, and a user with an account there.
struct Setting {
    op: TestOp,
    ada: Person,
    browser: Agent,
    home: String,
    _site: Daemon,
}

impl Setting {
    fn new(response_mode: &str) -> Self {
        let (op, port) = (TestOp::start(), free_port());
        let home = format!("http://localhost:{port}/");
        let client = op.client_with(&format!("{home}callback"), |client| {
            client.requires_pkce = true;
            client.access_token_seconds = 60;
            client.post_logout_redirect_uris.push(home.parse().expect("a redirect URI"));
            client.backchannel_logout_uri = Some(format!("{home}callback?logout=backchannel"));
        });
        let site = start_site(&op, &client, port, response_mode);
        let ada = op.person("ada");
        // A client that does not accept HTML is not sent to sign in.
        let browser = Agent::new(home.trim_end_matches('/')).with_header("accept", "text/html");
        Self { op, ada, browser, home, _site: site }
    }

    /// Signs in, and returns the protected page.
    #[track_caller]
    fn sign_in(&mut self) -> Answer {
        let answer = self.follow_to_provider("/");
        let answer = self.ada.walk(answer);
        let callback = match answer.location() {
            "" => {
                let fields = answer.form_fields();
                let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                self.browser.post_form("/callback", &fields)
            }
            location => self.browser.get(&location[self.home.len() - 1..]),
        };
        assert_eq!(callback.location(), self.home, "{callback:?}");
        self.browser.get("/")
    }

    /// Goes to the provider, where a path of the site leads.
    #[track_caller]
    fn follow_to_provider(&mut self, path: &str) -> Answer {
        let redirect = self.browser.get(path);
        let path = redirect.location().strip_prefix(self.op.base_url());
        self.ada.agent.get(path.unwrap_or_else(|| panic!("not sent away: {redirect:?}")))
    }

    /// Whether the site sends its user to sign in.
    fn is_signed_out(&mut self) -> bool {
        self.browser.get("/").location().starts_with(self.op.base_url())
    }
}

#[test]
fn mod_auth_openidc_signs_its_user_in_and_refreshes_the_access_token() {
    for response_mode in ["query", "form_post"] {
        let mut setting = Setting::new(response_mode);
        let page = setting.sign_in();
        assert_eq!(shown(&page, "user"), "ada");
        assert_eq!(shown(&page, "email"), "ada@example.com");
        assert_eq!(shown(&page, "issuer"), setting.op.base_url());

        let second = setting.browser.get("/");
        assert_eq!(shown(&second, "user"), "ada");
        assert_ne!(shown(&page, "access token"), shown(&second, "access token"));
        assert_eq!(setting.op.userinfo(&shown(&page, "access token")).status, 401);
        assert_eq!(setting.op.userinfo(&shown(&second, "access token")).status, 200);
    }
}

#[test]
fn mod_auth_openidc_signs_its_user_out_at_the_provider_too() {
    let mut setting = Setting::new("query");
    setting.sign_in();
    let home = setting.home.replace(':', "%3A").replace('/', "%2F");
    let answer = setting.follow_to_provider(&format!("/callback?logout={home}"));
    assert_eq!(answer.location(), setting.home, "{answer:?}");
    assert!(setting.is_signed_out());
    assert_eq!(setting.ada.agent.get("/api/users/me").status, 401);
}

#[test]
fn mod_auth_openidc_is_told_that_its_user_signed_out_at_the_provider() {
    let mut setting = Setting::new("query");
    setting.sign_in();
    assert!(!setting.is_signed_out());
    setting.ada.agent.post("/api/webauthn/logout", &json!({})).ok();
    wait_until(|| setting.is_signed_out());
}
