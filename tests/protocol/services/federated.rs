//! Tokens of other issuers that stand for a service: CI jobs, workloads of Kubernetes.

use pocketid::crypto::{Algorithm, jws};
use serde_json::{Value, json};

use super::{super::token_endpoint::at_once, GRANT_TYPE, REFUSED, key};
use crate::support::{
    agent::Answer,
    issuer::Issuer,
    op::{TestClient, TestOp},
};

/// The subject of a CI job of a forge.
const JOB: &str = "repo:acme/web:ref:refs/heads/main";

impl Issuer {
    /// The claims of a token of a job.
    fn claims(&self, op: &TestOp, changes: &Value) -> Value {
        let mut claims = json!({
            "iss": self.url, "sub": JOB, "aud": "api://pocketid", "jti": "1",
            "repository": "acme/web", "exp": op.now().plus(300).as_unix(),
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims
    }

    fn token(&self, op: &TestOp, changes: &Value) -> String {
        jws::sign(&self.key, "JWT", &self.claims(op, changes))
    }
}

struct Scene {
    op: TestOp,
    issuer: Issuer,
    client: TestClient,
}

impl Scene {
    fn start(more: &str) -> Self {
        let (op, issuer) = (TestOp::start(), Issuer::start());
        let client = op.client();
        let federated =
            format!("issuer={},subject={JOB},audience=api://pocketid{more}", issuer.url);
        let args =
            ["service", "create", "ci-deploy", "--federated", &federated, "--client", &client.id];
        op.beside_args(&args).expect_success();
        Self { op, issuer, client }
    }

    fn send(&self, assertion: &str) -> Answer {
        let fields =
            [("grant_type", GRANT_TYPE), ("assertion", assertion), ("scope", "openid profile")];
        self.op.token(&self.client, &fields)
    }
}

#[test]
fn a_token_of_a_ci_job_stands_for_its_service() {
    let scene = Scene::start("");
    let (op, issuer) = (&scene.op, &scene.issuer);
    // The token of a workload is used until it ends.
    for _ in 0..2 {
        let tokens = scene.send(&issuer.token(op, &json!({}))).ok().json();
        let token = tokens["access_token"].as_str().unwrap();
        assert_eq!(op.userinfo(token).ok().json()["preferred_username"], "ci-deploy");
        let claims: Value = jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap();
        assert_eq!(claims["type"], "id-token");
    }
    for changes in [
        json!({"iss": "http://127.0.0.1:9"}),
        json!({"iss": format!("{}/", issuer.url)}),
        json!({"sub": "repo:acme/web:ref:refs/heads/other"}),
        json!({"sub": JOB.to_uppercase()}),
        json!({"sub": "ci-deploy"}),
        json!({"iss": "ci-deploy", "sub": "ci-deploy"}),
        json!({"aud": op.base_url()}),
        json!({"exp": 1}),
        json!({"nbf": op.now().plus(60).as_unix()}),
    ] {
        assert_eq!(scene.send(&issuer.token(op, &changes)).error(), REFUSED, "{changes}");
    }
    let stranger = key("issuer", Algorithm::Rs256);
    let forged = jws::sign(&stranger, "JWT", &issuer.claims(op, &json!({})));
    assert_eq!(scene.send(&forged).error(), REFUSED);
    assert_eq!(op.count("grants"), 2);
    assert_eq!(op.count("service_assertions"), 0);
}

#[test]
fn a_token_that_may_be_used_once_is_used_once_and_not_for_longer_than_a_day() {
    let scene = Scene::start(",single-use");
    let (op, issuer) = (&scene.op, &scene.issuer);
    let token = issuer.token(op, &json!({}));
    assert_eq!(scene.send(&token).status, 200);
    assert_eq!(scene.send(&token).error(), REFUSED);
    assert_eq!(scene.send(&issuer.token(op, &json!({"jti": "2"}))).status, 200);
    let long = json!({"jti": "3", "exp": op.now().plus(90_000).as_unix()});
    assert_eq!(scene.send(&issuer.token(op, &long)).error(), REFUSED);
}

/// A thief who copied the token out of a job is as quick as the job.
#[test]
fn a_token_that_may_be_used_once_is_used_once_by_many_at_one_moment() {
    let scene = Scene::start(",single-use");
    for number in 1..=10 {
        let token = scene.issuer.token(&scene.op, &json!({"jti": number.to_string()}));
        assert_eq!(at_once(|| scene.send(&token).status == 200), 1);
        assert_eq!(scene.op.count("grants"), number);
        assert_eq!(scene.op.count("service_assertions"), number);
    }
}

#[test]
fn an_issuer_and_a_subject_stand_for_one_service() {
    let scene = Scene::start("");
    let url = &scene.issuer.url;
    let create = |federated: &str| {
        let args = ["service", "create", "other", "--federated", federated];
        scene.op.beside_args(&args)
    };
    create(&format!("issuer={url},subject={JOB}")).expect_failure(1);
    create(&format!("issuer={url}")).expect_failure(2);
    create(&format!("issuer={url},subject=")).expect_failure(2);
    create(&format!("issuer={url},subject={}", "x".repeat(3_000))).expect_failure(2);
    create("subject=x").expect_failure(2);
    assert_eq!(scene.op.count("services"), 1);
    assert_eq!(scene.op.count("users"), 1, "no account is left of a service that was refused");
    let twice = format!("issuer={url},subject=a");
    let args = ["service", "create", "other", "--federated", &twice, "--federated", &twice];
    scene.op.beside_args(&args).expect_failure(2);
    create(&format!("issuer={url},subject=other")).expect_success();
}
