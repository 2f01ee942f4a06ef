//! What ends the access of a service.

use pocketid::crypto::Algorithm;
use serde_json::json;

use super::{REFUSED, Scene, administrator, jwks_file, key};

const PROFILE: [(&str, &str); 1] = [("scope", "openid profile")];

#[test]
fn a_service_that_is_disabled_or_deleted_loses_its_tokens_at_once() {
    for command in ["user disable ci-deploy", "user remove ci-deploy --yes"] {
        let scene = Scene::start();
        let tokens = scene.token(&PROFILE);
        scene.userinfo(&tokens).ok();
        scene.op.beside(command).expect_success();
        assert_eq!(scene.userinfo(&tokens).status, 401, "{command}");
        let answer = scene.send(&scene.sign(&json!({})), &PROFILE);
        assert_eq!(answer.error(), REFUSED, "{command}");
    }
}

#[test]
fn a_disabled_service_is_enabled_again_like_a_person_and_old_tokens_stay_ended() {
    let scene = Scene::start();
    let tokens = scene.token(&PROFILE);
    scene.op.beside("user disable ci-deploy").expect_success();
    scene.op.beside("user enable ci-deploy").expect_success();
    assert_eq!(scene.userinfo(&tokens).status, 401);
    scene.userinfo(&scene.token(&PROFILE)).ok();
}

/// They may have been got with the key that was stolen.
#[test]
fn tokens_end_with_a_key_that_is_removed_and_not_with_one_that_is_added() {
    let scene = Scene::start();
    let next = key("next", Algorithm::Es256);
    let tokens = scene.token(&PROFILE);
    let both = jwks_file(&scene.op, "both.json", &[&scene.key, &next]);
    scene.op.beside(&format!("service update ci-deploy --jwks {both}")).ok();
    scene.userinfo(&tokens).ok();
    let new = jwks_file(&scene.op, "next.json", &[&next]);
    scene.op.beside(&format!("service update ci-deploy --jwks {new}")).ok();
    assert_eq!(scene.userinfo(&tokens).status, 401);
    assert_eq!(scene.send(&scene.sign(&json!({})), &[]).error(), REFUSED, "the old key");
    let scene = Scene { key: next, ..scene };
    scene.userinfo(&scene.token(&PROFILE)).ok();
    scene.op.beside("service update ci-deploy --no-jwks").expect_success();
    assert_eq!(scene.send(&scene.sign(&json!({})), &[]).error(), REFUSED);
}

#[test]
fn tokens_end_with_the_client_that_a_service_may_not_use_any_more() {
    let scene = Scene::start();
    let other = scene.op.client();
    let both = format!("--client {} --client {}", scene.client.id, other.id);
    scene.op.beside(&format!("service update ci-deploy {both}")).ok();
    let kept = scene.send_as(&other, &scene.sign(&json!({})), &PROFILE).ok().json();
    let ended = scene.token(&PROFILE);
    scene.op.beside(&format!("service update ci-deploy --client {}", other.id)).ok();
    assert_eq!(scene.userinfo(&ended).status, 401);
    scene.userinfo(&kept).ok();
    scene.op.beside(&format!("client delete {} --yes", other.id)).expect_success();
    let shown = scene.op.beside("service show ci-deploy -o json");
    assert_eq!(shown.json()["clientIds"], json!([]));
}

#[test]
fn an_administrator_ends_the_access_of_a_service_as_that_of_a_person() {
    let scene = Scene::start();
    let tokens = scene.token(&PROFILE);
    let mut ada = administrator(&scene.op);
    let path = format!("/api/users/{}/grants", scene.id);
    assert_eq!(ada.get(&path).ok().json().as_array().unwrap().len(), 1);
    assert_eq!(ada.send(hyper::Method::DELETE, &path, None, Vec::new().into()).status, 204);
    assert_eq!(scene.userinfo(&tokens).status, 401);
}
