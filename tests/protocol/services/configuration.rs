//! Services in the configuration file, in `doctor`, and where accounts are provisioned.

use pocketid::crypto::{Algorithm, JwkSet};
use serde_json::{Value, json};

use super::{Scene, key};
use crate::support::op::TestOp;

fn apply(op: &TestOp, yaml: &str) -> crate::support::cli::Ran {
    let path = op.folder().join("it.yaml");
    std::fs::write(&path, yaml).unwrap();
    op.beside(&format!("apply -f {}", path.display()))
}

#[test]
fn a_file_has_services_and_is_applied_once() {
    let op = TestOp::start();
    let jwks = json!(JwkSet { keys: vec![key("own", Algorithm::Es256).public_jwk()] });
    let file = format!(
        "
users:
  - username: Backup
    userType: service
    federatedIdentities:
      - {{issuer: 'https://z.example.com', subject: jobs}}
      - {{issuer: 'https://a.example.com', subject: jobs, audience: x, replayProtection: true}}
  - username: ci-deploy
    userType: service
    jwks: {jwks}
groups: [{{name: deployers, members: [ci-deploy]}}]
clients:
  - {{id: deploy, name: Deploy, callbackURLs: ['https://d.example.com/cb'], services: [backup, ci-deploy]}}
"
    );
    let applied = apply(&op, &file);
    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    let again = apply(&op, &file);
    assert_eq!(again.stderr, "The installation matches the file; nothing was changed.\n");
    let shown: Value =
        serde_json::from_str(&op.beside("service show backup -o json").ok()).unwrap();
    assert_eq!(shown["federatedIdentities"].as_array().unwrap().len(), 2);
    assert_eq!(shown["clientIds"], json!(["deploy"]));

    // An export makes an equal installation.
    let exported = op.beside("export-config").ok();
    let other = TestOp::start();
    let applied = apply(&other, &exported);
    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(other.beside("export-config").ok(), exported);

    let less = file.replace("services: [backup, ci-deploy]", "services: [ci-deploy]");
    assert_eq!(apply(&op, &less).code, Some(0));
    assert!(op.beside("service list").ok().contains("Backup\tenabled\t0\t2\t\tnever"));
}

#[test]
fn a_file_makes_no_service_of_a_person_and_no_administrator_of_a_service() {
    let op = TestOp::start();
    op.user("ada");
    op.beside("service create ci-deploy").expect_success();
    op.beside("client create Deploy --id deploy --callback https://d.example.com/cb")
        .expect_success();
    for yaml in [
        "users: [{username: ada, userType: service}]",
        "users: [{username: ada, jwks: {keys: []}}]",
        "users: [{username: bob, federatedIdentities: [{issuer: 'https://a', subject: x}]}]",
        "users: [{username: ci-deploy, isAdmin: true}]",
        "users: [{username: new, userType: service, isAdmin: true}]",
        "users: [{username: new, userType: person}]",
        "users: [{username: new, userType: service, federatedIdentities: [{issuer: 'https://a'}]}]",
        "users: [{username: new, userType: service, jwks: {keys: [{kty: oct, k: x}]}}]",
        "clients: [{id: deploy, services: [ada]}]",
        "clients: [{id: deploy, services: [nobody]}]",
    ] {
        let ran = apply(&op, yaml);
        assert!(matches!(ran.code, Some(1 | 3)), "{yaml}: {:?} {}", ran.code, ran.stdout);
        assert_eq!((op.count("users"), op.count("services")), (2, 1), "{yaml}");
    }
}

#[test]
fn doctor_tells_of_services_that_can_get_no_token() {
    let scene = Scene::start();
    let told = |op: &TestOp| {
        let found = op.beside("doctor --offline").stdout;
        found.lines().filter(|line| line.contains("service")).collect::<Vec<_>>().join("\n")
    };
    let sound = told(&scene.op);
    assert!(sound.contains("every enabled service has credentials and a client"), "{sound}");
    scene.op.beside("service create bare").expect_success();
    scene.op.beside("service update ci-deploy --no-clients").expect_success();
    let idle = told(&scene.op);
    assert!(
        idle.contains("the service bare can get no token, since it lacks credentials"),
        "{idle}"
    );
    assert!(
        idle.contains("the service ci-deploy can get no token, since it lacks a client"),
        "{idle}"
    );
    for name in ["bare", "ci-deploy"] {
        scene.op.beside(&format!("user disable {name}")).expect_success();
    }
    assert!(!told(&scene.op).contains("can get no token"));
}

/// The key, the issuers and the clients come over with a backup.
#[test]
fn a_service_is_in_a_backup() {
    let scene = Scene::start();
    let shown = scene.op.beside("service show ci-deploy -o json").ok();
    let backup = scene.op.folder().join("all.backup");
    scene.op.beside(&format!("backup {}", backup.display())).expect_success();
    let other = crate::support::cli::Cli::on_the_engine_of_the_tests();
    let key = scene.op.environment()[1];
    let restored = other.with(key.0, key.1);
    restored.run(&format!("restore {} --yes", backup.display())).expect_success();
    assert_eq!(restored.run("service show ci-deploy -o json").ok(), shown);
}
