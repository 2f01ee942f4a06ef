//! A service has no way in but its assertions.

use serde_json::json;

use super::{Scene, administrator};

#[test]
fn a_service_gets_no_code_and_no_api_key_and_is_no_administrator_at_the_terminal() {
    let scene = Scene::start();
    for command in [
        "recover ci-deploy",
        "api-key create deploy --for ci-deploy --expires 3d",
        "user update ci-deploy --admin",
    ] {
        let ran = scene.op.beside(command);
        assert_eq!(ran.code, Some(1), "{command}");
        assert!(ran.stderr.contains("ci-deploy is a service"), "{command}: {}", ran.stderr);
    }
    let codes = scene.op.count("one_time_access_tokens");
    assert_eq!((codes, scene.op.count("api_keys")), (0, 0));
    assert_eq!(scene.op.number("SELECT COUNT(*) FROM users WHERE is_admin = 1"), 0);
}

#[test]
fn a_service_gets_no_code_over_the_rest_api_and_by_mail() {
    let scene = Scene::start();
    let mut ada = administrator(&scene.op);
    let path = format!("/api/users/{}/one-time-access-token", scene.id);
    assert_eq!(ada.post(&path, &json!({"ttl": "15m"})).error(), "409 not_for_services");
    let path = format!("/api/users/{}", scene.id);
    let body = json!({"username": "ci-deploy", "email": "ci@example.com", "isAdmin": true});
    assert_eq!(ada.json(hyper::Method::PUT, &path, &body).error(), "409 not_for_services");
    let body = json!({"username": "ci-deploy", "email": "ci@example.com", "userType": "person"});
    ada.json(hyper::Method::PUT, &path, &body).ok();
    assert_eq!(ada.get(&path).ok().json()["userType"], "service", "it does not become a person");
    assert_eq!(scene.op.count("one_time_access_tokens"), 0);
}

/// Even with a code that it should not have.
#[test]
fn a_service_has_no_browser_session() {
    let scene = Scene::start();
    let code = scene.op.one_time_code(scene.id.parse().unwrap(), 600);
    let answer = scene.op.agent().post(&format!("/api/one-time-access-token/{code}"), &json!({}));
    assert_eq!(answer.error(), "403 user_disabled");
    assert_eq!(scene.op.count("sessions"), 0);
}

#[test]
fn a_person_is_no_service() {
    let scene = Scene::start();
    let ada = administrator(&scene.op);
    drop(ada);
    for command in ["service show ada", "service update ada --no-jwks"] {
        let ran = scene.op.beside(command);
        assert_eq!(ran.code, Some(1), "{command}");
        assert!(ran.stderr.contains("ada is a person"), "{command}: {}", ran.stderr);
    }
    scene.op.beside("service create ada --if-absent").expect_failure(1);
    scene.op.beside("service show deploy").expect_failure(1);
    let list = scene.op.beside("service list").ok();
    assert!(list.starts_with("ci-deploy\tenabled\t1\t0\t"), "{list}");
    let users = scene.op.beside("user list").ok();
    assert!(users.contains("\tservice\t") && users.contains("\tadmin\t"), "{users}");
}
