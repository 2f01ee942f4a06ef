//! The browser harness itself, on a page that has nothing to do with the provider.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::browser::{Authenticator, Browser, Page};

const PAGE: &str = r#"<!doctype html>
<html lang="en"><title>Harness</title><meta name="viewport" content="width=device-width">
<style>
  #cover { position: fixed; inset: 0 }
  @media (prefers-color-scheme: dark) { body { background: black } }
</style>
<input id="name" value="before">
<select id="colour"><option value="r">Red<option value="g">Green</select>
<button id="greet" disabled>Greet</button>
<button id="hidden" hidden>Hidden</button>
<p id="greeting" data-kind="reply"></p>
<div style="height: 3000px"></div>
<a id="below" href="/second">Second</a>
<script>
  const byId = id => document.getElementById(id);
  byId("name").addEventListener("input", () => { byId("greet").disabled = false; });
  byId("greet").addEventListener("click", event => setTimeout(() => {
    byId("greeting").textContent =
      `Hello ${byId("name").value}, ${event.isTrusted}, ${navigator.userActivation.isActive}`;
  }, 50));
  byId("name").addEventListener("keydown", event => {
    if (event.key === "Enter") byId("greeting").textContent = "entered";
  });
  byId("colour").addEventListener("change", event => {
    byId("greeting").textContent = event.target.selectedOptions[0].text;
  });
</script>"#;

const CREATE_PASSKEY: &str = r#"
    navigator.credentials.create({ publicKey: {
        challenge: new Uint8Array(32),
        rp: { name: "Harness" },
        user: { id: new Uint8Array([7]), name: "ada", displayName: "Ada" },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
    }}).then(credential => credential.id)"#;

const USE_PASSKEY: &str = r#"
    navigator.credentials.get({ publicKey: {
        challenge: new Uint8Array(32), userVerification: "required",
    }}).then(credential => credential.id)"#;

/// Serves `PAGE` at every address, with a cookie and the language that the browser asked for.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(stream));
        }
    });
    format!("http://localhost:{}", address.port())
}

fn answer(mut stream: TcpStream) {
    let reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let lines = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let language = lines
        .filter_map(|line| line.strip_prefix("Accept-Language: ").map(str::to_owned))
        .last()
        .unwrap_or_default();
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\
         Content-Security-Policy: img-src 'none'\r\nSet-Cookie: seen=yes\r\n\r\n\
         {PAGE}<p id=asked>{language}</p>"
    );
}

#[test]
fn a_click_on_a_form_that_was_filled_in_is_a_users_click() {
    let (site, page) = (serve(), Browser::page());
    page.goto(&site);
    page.fill("#name", "Ada");
    page.click("#greet");
    page.wait_for_text("#greeting", "Hello Ada, true, true");
    page.fill("#name", "");
    page.press("Enter");
    page.wait_for_text("#greeting", "entered");
    page.select("#colour", "g");
    page.wait_for_text("#greeting", "Green");
    assert_eq!(page.text("#greeting"), "Green");
    assert_eq!(page.attribute("#greeting", "data-kind").as_deref(), Some("reply"));
    assert_eq!(page.attribute("#greeting", "data-other"), None);
    assert_eq!(page.console_errors(), Vec::<String>::new());
}

#[test]
fn a_link_far_down_the_page_is_followed() {
    let (site, page) = (serve(), Browser::page());
    page.goto(&site);
    page.click("#below");
    page.wait_for_url(&format!("{site}/second"));
    assert_eq!(page.url(), format!("{site}/second"));
    assert_eq!(page.visited(), [format!("{site}/"), format!("{site}/second")]);
    page.wait_for_url_where(|url| url.ends_with("/second"));
    page.wait_for("#below");
    assert!(page.exists("#name") && !page.exists("#nothing"));
}

#[test]
fn each_page_has_cookies_of_its_own() {
    let (site, page, other) = (serve(), Browser::page(), Browser::page());
    page.goto(&site);
    assert_eq!(page.cookies().len(), 1);
    assert_eq!(page.cookies()[0]["name"], "seen");
    assert_eq!(other.cookies(), Vec::<serde_json::Value>::new());
    page.clear_cookies();
    assert_eq!(page.cookies().len(), 0);
}

#[test]
fn a_passkey_is_created_and_used() {
    let site = serve();
    let (page, authenticator) = page_with_authenticator(&site);
    let created = page.eval(CREATE_PASSKEY);
    page.goto(&format!("{site}/second"));
    assert_eq!(page.eval(USE_PASSKEY), created);
    assert_eq!(authenticator.credentials().len(), 1);
    assert_eq!(authenticator.credentials()[0]["rpId"], "localhost");
}

#[test]
fn a_passkey_moves_to_another_authenticator() {
    let site = serve();
    let (page, first) = page_with_authenticator(&site);
    let (other, second) = page_with_authenticator(&site);
    let created = page.eval(CREATE_PASSKEY);
    second.add_credential(&first.credentials()[0]);
    first.remove();
    assert_eq!(other.eval(USE_PASSKEY), created);
}

#[test]
fn an_authenticator_that_does_not_recognise_its_user_makes_no_passkey() {
    let (page, authenticator) = page_with_authenticator(&serve());
    authenticator.set_user_verified(false);
    let outcome = page.eval(&format!("{CREATE_PASSKEY}.catch(error => error.name)"));
    assert_eq!(outcome, "NotAllowedError");
    assert_eq!(authenticator.credentials().len(), 0);
}

#[test]
fn a_passkey_is_offered_but_not_used_until_somebody_touches_the_authenticator() {
    let (page, authenticator) = page_with_authenticator(&serve());
    let created = page.eval(CREATE_PASSKEY);
    authenticator.set_present(false);
    page.eval(
        "window.used = 'nothing'; window.offer = new AbortController();
        navigator.credentials.get({ mediation: 'conditional', signal: offer.signal, publicKey: {
            challenge: new Uint8Array(32),
        }}).then(credential => { used = credential.id; }, () => {});
        new Promise(resolve => setTimeout(resolve, 300))",
    );
    assert_eq!(page.eval("used"), "nothing");
    authenticator.set_present(true);
    assert_eq!(page.eval(&format!("offer.abort(), {USE_PASSKEY}")), created);
    assert_eq!(page.eval("used"), "nothing");
}

#[test]
fn language_colours_and_size_are_those_of_the_page() {
    let (site, page) = (serve(), Browser::page());
    page.goto(&site);
    assert!(page.text("#asked").starts_with("en-US"));
    page.set_language("zh-CN");
    page.set_dark(true);
    page.set_viewport(390, 844, true);
    page.goto(&site);
    assert_eq!(page.text("#asked"), "zh-CN");
    assert_eq!(
        page.eval(
            "[navigator.language, new Intl.NumberFormat().resolvedOptions().locale, innerWidth,
              matchMedia('(prefers-color-scheme: dark)').matches]"
        ),
        json!(["zh-CN", "zh-CN", 390, true])
    );
    page.set_dark(false);
    assert_eq!(page.eval("matchMedia('(prefers-color-scheme: dark)').matches"), false);
}

#[test]
fn what_goes_wrong_in_a_page_is_reported() {
    let (site, page) = (serve(), Browser::page());
    page.goto(&site);
    page.eval("console.error('first', 1)");
    page.eval("setTimeout(() => { throw new Error('second'); })");
    page.eval("new Promise(resolve => { const i = new Image(); i.onerror = resolve; i.src = '/x'; }).then(() => 0)");
    page.eval("confirm('A question does not hold the page up.') || console.error('no')");
    let errors = page.console_errors();
    for (text, error) in ["first 1", "Error: second", "Content Security Policy"].iter().zip(&errors)
    {
        assert!(error.contains(text), "{errors:#?}");
    }
    assert_eq!(errors.len(), 3, "{errors:#?}");
}

#[test]
fn an_exception_fails_the_test_with_its_text() {
    let page = Browser::page();
    let failure = failure_of(|| drop(page.eval("Promise.reject(new Error('went wrong'))")));
    assert!(failure.contains("went wrong"), "{failure}");
}

#[test]
fn a_button_that_cannot_be_clicked_fails_the_test_with_the_reason() {
    let (site, mut page) = (serve(), Browser::page());
    page.goto(&site);
    page.set_limit(Duration::from_millis(200));
    page.eval("document.body.insertAdjacentHTML('beforeend', '<div id=cover>')");
    for (css, reason) in [
        ("#nothing", "there is no such element"),
        ("#hidden", "not visible"),
        ("#greet", "disabled"),
        ("#below", r#"covered by <div id="cover">"#),
    ] {
        let failure = failure_of(|| page.click(css));
        assert!(failure.contains(reason), "{failure}");
        assert!(failure.contains(&site) && failure.contains("Green"), "{failure}");
    }
}

#[test]
fn a_screenshot_shows_the_whole_page() {
    let (site, page) = (serve(), Browser::page());
    page.goto(&site);
    let file = tempfile::NamedTempFile::new().expect("a file");
    page.screenshot(file.path());
    let png = std::fs::read(file.path()).expect("the picture");
    let height = png[20..24].try_into().map(u32::from_be_bytes).expect("the header");
    assert!(height > 3000, "{height}");
}

fn page_with_authenticator(site: &str) -> (Page, Authenticator) {
    let page = Browser::page();
    let authenticator = page.add_authenticator();
    page.goto(site);
    (page, authenticator)
}

/// Returns the text that `action` fails with.
fn failure_of(action: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(action)).expect_err("it was to fail");
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}
