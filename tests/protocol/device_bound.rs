//! Sessions that are bound to a key of their browser (W3C Device Bound Session Credentials), with a browser made by
//! hand.

mod proofs;

use hyper::Method;
use pocketid::crypto::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    dpop::ProofKey,
    flow::Person,
    op::TestOp,
    wait_for,
};

const REGISTRATION: &str = "/api/device-bound-session/registration";
const REFRESH: &str = "/api/device-bound-session/refresh";
const COOKIE: &str = "pocketid_bound_session";

/// A browser with a key, whose user has just signed in.
struct Browser {
    op: TestOp,
    person: Person,
    key: ProofKey,
    /// The challenge of the offer.
    challenge: String,
}

impl Browser {
    fn new(algorithm: Algorithm) -> Self {
        let op = TestOp::start();
        let mut person = op.person("alice");
        let signed_in = person.authenticator.sign_in(&mut person.agent).ok();
        let challenge = offered(&signed_in);
        Self { op, person, key: ProofKey::of(algorithm), challenge }
    }

    /// One whose session is bound, and that has fetched its second cookie.
    fn bound() -> Self {
        let mut it = Self::new(Algorithm::Es256);
        it.register().ok();
        it.refresh().ok();
        it
    }

    fn register(&mut self) -> Answer {
        let proof = self.proof(&self.challenge, &json!({}), &json!({}));
        self.post(REGISTRATION, &[("secure-session-response", proof)])
    }

    fn post(&mut self, path: &str, headers: &[(&'static str, String)]) -> Answer {
        post(&mut self.person.agent, path, headers)
    }

    /// A proof of the key, with `header` and `claims` in place of the usual.
    fn proof(&self, challenge: &str, header: &Value, claims: &Value) -> String {
        let mut all = json!({"typ": "dbsc+jwt"});
        all.as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
        let mut own = json!({"jti": challenge, "htm": null, "htu": null});
        own.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        format!("\"{}\"", self.key.sign(&self.op, &all, &own))
    }

    fn id(&self) -> String {
        let shown = self.op.beside("session list alice -o json").ok();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown[0]["id"].as_str().unwrap().to_owned()
    }

    /// Asks for another cookie. The browser sends no proof before it has a challenge.
    fn ask(&mut self) -> String {
        let id = format!("\"{}\"", self.id());
        let asked = self.post(REFRESH, &[("sec-secure-session-id", id)]);
        assert_eq!(asked.status, 403, "{}", asked.text());
        challenge(&asked)
    }

    fn answer(&mut self, proof: String) -> Answer {
        let id = format!("\"{}\"", self.id());
        self.post(REFRESH, &[("sec-secure-session-id", id), ("secure-session-response", proof)])
    }

    fn refresh(&mut self) -> Answer {
        let challenge = self.ask();
        let proof = self.proof(&challenge, &json!({"jwk": null}), &json!({"sub": self.id()}));
        self.answer(proof)
    }

    fn is_signed_in(&mut self) -> bool {
        self.person.agent.get("/api/users/me").status == 200
    }
}

fn post(agent: &mut Agent, path: &str, headers: &[(&'static str, String)]) -> Answer {
    let mut with = agent.clone();
    for (name, value) in headers {
        with = with.with_header(name, value);
    }
    let answer = with.send(Method::POST, path, None, Vec::new().into());
    agent.cookies = with.cookies;
    answer
}

/// The challenge of the offer in an answer.
fn offered(answer: &Answer) -> String {
    let offer = answer.header("secure-session-registration");
    let rest = offer.strip_prefix(&format!("(ES256 RS256);path=\"{REGISTRATION}\";challenge=\""));
    rest.unwrap_or_else(|| panic!("{offer}")).trim_end_matches('"').to_owned()
}

/// The challenge in an answer that asks for a proof.
fn challenge(answer: &Answer) -> String {
    let header = answer.header("secure-session-challenge");
    let (challenge, id) = header.strip_prefix('"').unwrap().split_once("\";id=\"").unwrap();
    assert_eq!(id.len(), 37, "{header}");
    challenge.to_owned()
}

/// Until the setting has got to the server.
fn turn(it: &mut Browser, on: bool) {
    it.op.beside(&format!("config set deviceBoundSessions {on}")).expect_success();
    wait_for("the setting", || {
        let mut other = it.op.agent();
        let signed_in = it.person.authenticator.sign_in(&mut other).ok();
        assert_eq!(other.post("/api/webauthn/logout", &json!({})).status, 204);
        signed_in.headers.contains_key("secure-session-registration") == on
    });
}

const BOUND: &str = "SELECT COUNT(*) FROM sessions WHERE device_bound_from IS NOT NULL";
const LIVE: &str =
    "SELECT COUNT(*) FROM sessions WHERE device_key IS NOT NULL AND revoked_at IS NULL";

#[test]
fn a_browser_binds_its_session_and_renews_its_cookie() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let mut it = Browser::new(algorithm);
        let bound = it.register().ok();
        assert_eq!(bound.header("cache-control"), "no-store");
        let told = bound.json();
        assert_eq!(told["session_identifier"], it.id());
        assert_eq!(told["refresh_url"], REFRESH);
        assert_eq!(told["scope"]["include_site"], false);
        let credential = &told["credentials"][0];
        assert_eq!((&credential["type"], &credential["name"]), (&json!("cookie"), &json!(COOKIE)));
        // The browser compares the attributes with those of the cookie.
        let set = bound.header("set-cookie").to_owned();
        let attributes = credential["attributes"].as_str().unwrap();
        assert!(set.contains(&format!("; {attributes}; Max-Age=60")), "{set} {attributes}");

        assert!(it.is_signed_in());
        let shown = it.op.beside("session list alice -o json").ok();
        assert!(shown.contains("\"isDeviceBound\": false"), "nothing is enforced: {shown}");
        it.op.advance(30);
        let set = it.refresh().ok().header("set-cookie").to_owned();
        assert!(set.contains(&format!("; {attributes}; Max-Age=600")), "{set} {attributes}");
        let shown = it.op.beside("session list alice -o json").ok();
        assert!(shown.contains("\"isDeviceBound\": true"), "{shown}");
        for _ in 0..3 {
            it.op.advance(540);
            assert!(it.is_signed_in());
            it.refresh().ok();
            assert!(it.is_signed_in());
        }
    }
}

/// Other browsers ignore the header, and nothing is demanded of them.
#[test]
fn a_browser_that_cannot_bind_is_as_before() {
    let mut it = Browser::new(Algorithm::Es256);
    it.op.advance(3_000);
    assert!(it.is_signed_in());
    assert_eq!(it.op.number("SELECT COUNT(*) FROM sessions WHERE device_key IS NOT NULL"), 0);
    it.op.beside("config set deviceBoundSessions false").expect_success();
    wait_for("a sign-in without the offer", || {
        let signed_in = it.person.authenticator.sign_in(&mut it.person.agent).ok();
        !signed_in.headers.contains_key("secure-session-registration")
    });
}

#[test]
fn stolen_cookies_are_of_no_use_after_minutes() {
    let it = Browser::bound();
    let mut thief = it.op.agent();
    thief.cookies = it.person.agent.cookies.clone();
    assert_eq!(thief.get("/api/users/me").status, 200);

    it.op.advance(661);

    assert_eq!(thief.get("/api/users/me").status, 401);
    assert_eq!(thief.get("/settings/account").location().split('?').next(), Some("/login"));
    // The thief's own key is not that of the session.
    let mut it = Browser { key: ProofKey::new(), ..it };
    let challenge = it.ask();
    let proof = it.proof(&challenge, &json!({}), &json!({}));
    assert_eq!(it.answer(proof).status, 400);
    assert!(!it.is_signed_in());
    // The session is still there: its owner is signed in with the cookie that only the device gets.
    assert_eq!(it.op.number(LIVE), 1);
}

#[test]
fn an_owner_whose_cookie_was_late_is_signed_in_again_with_it() {
    let mut it = Browser::bound();
    it.op.advance(661);
    it.person.agent.cookies.remove(COOKIE);
    assert!(!it.is_signed_in());
    it.refresh().ok();
    assert!(it.is_signed_in());
}

/// A device whose key is gone gives no proof. Its user signs in as ever, and the new session is one of its own.
#[test]
fn a_browser_without_its_key_signs_in_again() {
    let mut it = Browser::bound();
    it.op.advance(661);
    it.person.agent.cookies.remove(COOKIE);
    assert!(!it.is_signed_in());
    let again = it.person.authenticator.sign_in(&mut it.person.agent).ok();
    assert!(it.is_signed_in());
    it.challenge = offered(&again);
    it.key = ProofKey::new();
    it.register().ok();
    assert!(it.is_signed_in());
}

/// A browser that cannot fetch the cookie, requests that were sent before it was there, and an answer that got lost,
/// sign nobody out.
#[test]
fn a_session_needs_its_second_cookie_a_minute_after_it_was_fetched_again() {
    let mut it = Browser::new(Algorithm::Es256);
    it.register().ok();
    assert!(it.is_signed_in());
    it.person.agent.cookies.remove(COOKIE);
    it.op.advance(1_000);
    assert!(it.is_signed_in(), "it has not shown that it can fetch it");
    assert_eq!(it.op.number(BOUND), 0);

    it.refresh().ok();
    assert_eq!(it.op.number(BOUND), 1);
    it.person.agent.cookies.remove(COOKIE);
    it.op.advance(30);
    assert!(it.is_signed_in(), "it was under way");
    it.op.advance(40);
    assert!(!it.is_signed_in());
    it.refresh().ok();
    assert!(it.is_signed_in());
}

/// Ending access needs less than having it.
#[test]
fn a_bound_session_is_ended_without_its_second_cookie() {
    for end in ["button", "application"] {
        let mut it = Browser::bound();
        it.op.advance(661);
        it.person.agent.cookies.remove(COOKIE);
        assert!(!it.is_signed_in());
        let page = it.person.agent.get("/logout").ok();
        assert!(page.text().contains("id=\"sign-out\""), "{}", page.text());

        let ended = if end == "button" {
            it.person.agent.post("/api/webauthn/logout", &json!({}))
        } else {
            let asked = it.person.agent.get("/api/oidc/end-session");
            assert_eq!((asked.status, asked.location()), (302, "/logout"));
            assert_eq!(it.op.number(LIVE), 1, "the user is asked");
            it.person.agent.post("/api/webauthn/logout", &json!({}))
        };

        assert_eq!(ended.status, 204, "{}", ended.text());
        assert_eq!(it.op.number(LIVE), 0);
        let removed = ended.headers.get_all("set-cookie").iter().filter(|set| {
            let set = set.to_str().unwrap();
            set.contains("Max-Age=0") && (set.contains(COOKIE) || set.contains("access_token"))
        });
        assert_eq!(removed.count(), 2);
    }
}

/// Chromium takes a status of 300 to 499, but for 403 and 407, as the end of the binding.
#[test]
fn too_many_renewals_are_refused_for_now_and_not_for_good() {
    let op = TestOp::with_settings(&[]);
    let mut person = op.person("alice");
    let signed_in = person.authenticator.sign_in(&mut person.agent).ok();
    let challenge = offered(&signed_in);
    let mut it = Browser { op, person, key: ProofKey::new(), challenge };
    it.register().ok();
    it.refresh().ok();
    // Those of the session.
    let busy = (0..60).map(|_| it.refresh()).find(|answer| answer.status != 200).unwrap();
    assert_eq!((busy.status, busy.header("retry-after").is_empty()), (503, false));
    // Those of the network.
    let id = format!("\"{}\"", it.id());
    let ask = |it: &mut Browser| it.post(REFRESH, &[("sec-secure-session-id", id.clone())]);
    let busy = (0..5_000).map(|_| ask(&mut it)).find(|answer| answer.status != 403).unwrap();
    assert_eq!((busy.status, busy.header("retry-after").is_empty()), (503, false));
    assert_eq!(it.op.number(LIVE), 1);
}

/// The browser fetches a cookie that is missing, and none that it has.
#[test]
fn a_second_cookie_that_is_no_good_is_removed() {
    let mut it = Browser::bound();
    let removed = |answer: &Answer| {
        let mut set = answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
        set.any(|set| set.starts_with(&format!("{COOKIE}=;")) && set.contains("Max-Age=0"))
    };
    let good = it.person.agent.get("/api/users/me").ok();
    assert!(!removed(&good), "{good:?}");
    it.op.advance(661);
    let late = it.person.agent.get("/api/users/me");
    assert!(late.status == 401 && removed(&late), "{late:?}");
    it.refresh().ok();
    it.person.agent.cookies.insert(COOKIE.to_owned(), "9999999999.AAAA.AAAA".to_owned());
    let page = it.person.agent.get("/settings/account");
    assert!(removed(&page), "{page:?}");
    it.refresh().ok();
    let again = it.person.authenticator.sign_in(&mut it.person.agent).ok();
    assert!(removed(&again), "{again:?}");
    assert!(it.is_signed_in());
}

/// The browser forgot its key while it was off.
#[test]
fn turning_it_off_and_on_signs_nobody_out() {
    let mut it = Browser::bound();
    let id = it.id();
    turn(&mut it, false);
    let shown = it.op.beside("session list alice -o json").ok();
    assert!(!shown.contains("\"isDeviceBound\": true"), "{shown}");
    let answer = it.post(REFRESH, &[("sec-secure-session-id", format!("\"{id}\""))]);
    assert_eq!(answer.error(), "404 not_found");
    turn(&mut it, true);
    it.person.agent.cookies.remove(COOKIE);
    it.op.advance(661);
    assert!(it.is_signed_in());
    assert_eq!(it.op.number(BOUND), 0);

    // One that slept meanwhile has its key still.
    let mut it = Browser::bound();
    turn(&mut it, false);
    turn(&mut it, true);
    it.op.advance(661);
    assert!(!it.is_signed_in());
    it.refresh().ok();
    assert!(it.is_signed_in());
}

#[test]
fn a_session_without_a_binding_is_offered_one_when_the_passkey_is_used_again() {
    let mut it = Browser::new(Algorithm::Es256);
    it.op.advance(400);
    assert_eq!(it.register().error(), "400 invalid_session_proof");
    let again = it.person.authenticator.reauthenticate(&mut it.person.agent);
    it.challenge = offered(&again);
    it.register().ok();
    it.refresh().ok();
    let again = it.person.authenticator.reauthenticate(&mut it.person.agent);
    assert!(!again.headers.contains_key("secure-session-registration"));
}

#[test]
fn an_offer_is_good_for_minutes_for_its_session_and_until_its_key_was_shown_again() {
    // The answer got lost, and the browser has another key.
    let mut it = Browser::new(Algorithm::Es256);
    it.register().ok();
    it.key = ProofKey::new();
    it.register().ok();
    it.refresh().ok();
    let key = it.op.texts("SELECT device_key FROM sessions WHERE device_key IS NOT NULL");
    it.key = ProofKey::new();
    assert_eq!(it.register().error(), "409 session_already_bound");
    assert_eq!(it.op.texts("SELECT device_key FROM sessions WHERE device_key IS NOT NULL"), key);
    // For minutes.
    let mut it = Browser::new(Algorithm::Es256);
    it.op.advance(301);
    assert_eq!(it.register().error(), "400 invalid_session_proof");
    // For its session.
    let mut it = Browser::new(Algorithm::Es256);
    it.person.authenticator.sign_in(&mut it.person.agent).ok();
    assert_eq!(it.register().error(), "400 invalid_session_proof");
    // Not without the session.
    it.person.agent.cookies.clear();
    assert_eq!(it.register().error(), "401 not_signed_in");
}

/// Without the binding, the browser forgets its key.
#[test]
fn a_session_that_ended_is_not_renewed() {
    for end in ["session", "account", "time", "setting"] {
        let mut it = Browser::bound();
        let id = it.id();
        match end {
            "session" => it.op.beside(&format!("session revoke {id}")).expect_success(),
            "account" => it.op.change_user(it.person.id, |user| user.disabled = true),
            "time" => it.op.advance(3_601),
            _ => it.op.beside("config set deviceBoundSessions false").expect_success(),
        }
        let ask =
            |it: &mut Browser| it.post(REFRESH, &[("sec-secure-session-id", format!("\"{id}\""))]);
        let is_not_found = || ask(&mut it).error() == "404 not_found";
        wait_for(&format!("the refusal after the end by the {end}"), is_not_found);
        if end == "setting" {
            it.op.advance(661);
            assert!(it.is_signed_in(), "nothing is demanded any more");
        }
    }
}
