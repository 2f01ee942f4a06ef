//! The end of a sign-in is the end of its assertions.

use serde_json::{Value, json};

use super::{BY_REFRESH, CHAT, Scene, allow, text};

const ENDED: &str = "400 invalid_request";

/// Whether there are assertions for the ID token, and for the refresh token.
fn goes_on(scene: &Scene, tokens: &Value) -> (bool, bool) {
    let ask = |name: &str, more: &[(&str, &str)]| {
        let answer = scene.ask(&text(tokens, name), more);
        assert!(answer.status == 200 || answer.error() == ENDED, "{}", answer.text());
        answer.status == 200
    };
    (ask("id_token", &[]), ask("refresh_token", BY_REFRESH))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn assertions_end_with_their_sign_in_whatever_ends_it() {
    type End = fn(&mut Scene, &Value);
    fn sign_out(scene: &mut Scene, _: &Value) {
        scene.alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    }
    let ends: [(&str, &str, End, (bool, bool)); 10] = [
        ("the user signs out", "openid", sign_out, (false, false)),
        // The user allowed that while they are away.
        ("the user signs out", "openid offline_access", sign_out, (true, true)),
        (
            "the user is disabled",
            "openid offline_access",
            |scene, _| scene.op.change_user(scene.alice.id, |user| user.disabled = true),
            (false, false),
        ),
        (
            "the user is deleted",
            "openid",
            |scene, _| scene.op.beside("user delete alice --yes").expect_success(),
            (false, false),
        ),
        (
            "the grant is revoked",
            "openid offline_access",
            |scene, _| scene.op.execute("UPDATE grants SET revoked_at = 1"),
            (false, false),
        ),
        (
            "the client revokes its refresh token",
            "openid offline_access",
            |scene, tokens| {
                let fields = [
                    ("token", &*text(tokens, "refresh_token")),
                    ("client_id", &*scene.wiki.id),
                    ("client_secret", &*scene.wiki.secret),
                ];
                scene.op.agent().post_form("/api/oidc/revoke", &fields).ok();
            },
            (false, false),
        ),
        (
            "the user leaves the groups of the client",
            "openid offline_access",
            |scene, _| scene.op.execute("UPDATE clients SET is_group_restricted = 1"),
            (false, false),
        ),
        (
            "the sign-in is too old for the client",
            "openid offline_access",
            |scene, _| {
                scene.op.execute("UPDATE clients SET max_session_age_seconds = 300");
                scene.op.advance(300);
            },
            (false, false),
        ),
        (
            "the refresh token expires",
            "openid offline_access",
            |scene, _| scene.op.execute("UPDATE refresh_tokens SET expires_at = 1"),
            (true, false),
        ),
        (
            "the session has expired, as every session does",
            "openid",
            |scene, _| scene.op.execute("DELETE FROM sessions"),
            (true, true),
        ),
    ];
    for (case, scope, end, after) in ends {
        let mut scene = Scene::open();
        let tokens = scene.sign_in(scope);
        assert_eq!(goes_on(&scene, &tokens), (true, true), "{case}");
        end(&mut scene, &tokens);
        assert_eq!(goes_on(&scene, &tokens), after, "{case}");
    }
}

/// Another sign-in of the user to the client, in the same session, does not revive the first one.
#[test]
fn an_id_token_counts_for_its_own_sign_in() {
    let mut scene = Scene::open();
    let first = scene.sign_in("openid");
    scene.op.advance(5);
    let second = scene.sign_in("openid");
    let fields = [
        ("token", &*text(&first, "refresh_token")),
        ("client_id", &*scene.wiki.id),
        ("client_secret", &*scene.wiki.secret),
    ];
    scene.op.agent().post_form("/api/oidc/revoke", &fields).ok();
    assert_eq!(goes_on(&scene, &first), (false, false));
    assert_eq!(goes_on(&scene, &second), (true, true));
}

/// A membership that ends, or a longest session age, bounds what cannot be taken back.
#[test]
fn an_assertion_expires_no_later_than_the_tokens_of_the_client() {
    let mut scene = Scene::with(|client| client.max_session_age_seconds = Some(600));
    let id_token = scene.id_token();
    let auth_time = scene.op.verified(&id_token).1["auth_time"].as_i64().unwrap();
    scene.op.advance(500);
    let answer = scene.ask(&id_token, &[]).ok().json();
    let claims = scene.op.verified(&text(&answer, "access_token")).1;
    assert_eq!(claims["exp"], auth_time + 600);
    assert_eq!(answer["expires_in"], auth_time + 600 - claims["iat"].as_i64().unwrap());
    assert!(answer["expires_in"].as_i64().unwrap() <= 100, "{answer}");
}

#[test]
fn a_changed_rule_holds_at_once() {
    let mut scene = Scene::open();
    let id_token = scene.id_token();
    scene.ask(&id_token, &[("scope", "chat.write")]).ok();
    let line = format!(
        "client identity-assertion allow {} --audience {CHAT} --client-id there --scope chat.read",
        scene.wiki.id
    );
    scene.op.beside(&line).expect_success();
    assert_eq!(scene.ask(&id_token, &[("scope", "chat.write")]).error(), "400 invalid_scope");
    let claims = scene.claims(&id_token, &[("resource", "https://any.example")]);
    assert_eq!(claims["client_id"], "there");
    assert_eq!(claims["resource"], "https://any.example");
    allow(&scene.op, &scene.wiki, "https://other.example", "", "");
    let line = format!("client identity-assertion refuse {} --audience {CHAT}/", scene.wiki.id);
    scene.op.beside(&line).expect_success();
    assert_eq!(scene.ask(&id_token, &[]).error(), "400 invalid_target");
    scene.ask(&id_token, &[("audience", "https://other.example")]).ok();
}
