//! Keys: the draft's "Proof-of-Possession During Token Exchange", RFC 9449, RFC 8705.

use serde_json::{Value, json};

use super::{BY_REFRESH, Scene, fields, text};
use crate::support::{agent::Answer, authority::new_client_certificate, dpop::ProofKey};

fn with_proof(scene: &Scene, subject: &str, more: &[(&str, &str)], proof: &str) -> Answer {
    scene.op.token_with(&scene.wiki, &fields(subject, more), proof)
}

fn cnf(scene: &Scene, answer: Answer) -> Value {
    let answer = answer.ok().json();
    assert_eq!(answer["token_type"], "N_A");
    scene.op.verified(&text(&answer, "access_token")).1["cnf"].clone()
}

#[test]
fn an_assertion_is_bound_to_the_key_of_a_proof() {
    let mut scene = Scene::open();
    let (id_token, key) = (scene.id_token(), ProofKey::new());
    let proof = key.proof(&scene.op);
    assert_eq!(cnf(&scene, with_proof(&scene, &id_token, &[], &proof)), json!({"jkt": key.jkt()}));
    let again = with_proof(&scene, &id_token, &[], &proof);
    assert_eq!(again.error(), "400 invalid_dpop_proof", "used");
    assert_eq!(with_proof(&scene, &id_token, &[], "x").error(), "400 invalid_dpop_proof");
    assert_eq!(cnf(&scene, scene.ask(&id_token, &[])), Value::Null);
}

#[test]
fn a_client_that_binds_its_tokens_sends_a_proof() {
    let mut scene = Scene::with(|client| client.requires_dpop = true);
    let key = ProofKey::new();
    let code = scene.alice.code(&scene.wiki, &[("scope", "openid offline_access")]);
    let tokens = scene.op.redeem_with(&scene.wiki, &code, &key.proof(&scene.op)).ok().json();
    for (name, more) in [("id_token", &[][..]), ("refresh_token", BY_REFRESH)] {
        let token = text(&tokens, name);
        assert_eq!(scene.ask(&token, more).error(), "400 invalid_dpop_proof", "{name}");
        let answer = with_proof(&scene, &token, more, &key.proof(&scene.op));
        assert_eq!(cnf(&scene, answer), json!({"jkt": key.jkt()}), "{name}");
    }
}

/// A refresh token may be bound since its client was public once.
#[test]
fn a_bound_refresh_token_needs_its_key() {
    let mut scene = Scene::open();
    let (key, other) = (ProofKey::new(), ProofKey::new());
    let refresh = text(&scene.sign_in("openid offline_access"), "refresh_token");
    scene.op.execute(&format!("UPDATE refresh_tokens SET dpop_jkt = '{}'", key.jkt()));
    assert_eq!(scene.ask(&refresh, BY_REFRESH).error(), "400 invalid_grant");
    let stolen = with_proof(&scene, &refresh, BY_REFRESH, &other.proof(&scene.op));
    assert_eq!(stolen.error(), "400 invalid_grant");
    with_proof(&scene, &refresh, BY_REFRESH, &key.proof(&scene.op)).ok();
}

/// The certificate that the client has elsewhere may be another one.
#[test]
fn a_client_with_certificates_presents_one_and_the_assertion_does_not_name_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = new_client_certificate(folder.path(), None, "own", &[]);
    let mut scene = Scene::open();
    let id_token = scene.id_token();
    let refresh = text(&scene.sign_in("openid offline_access"), "refresh_token");
    scene.op.execute("UPDATE clients SET requires_mtls = 1");
    let base64: String = own.lines().filter(|line| !line.starts_with('-')).collect();
    let credentials = [("client_id", &*scene.wiki.id), ("client_secret", &*scene.wiki.secret)];
    for (token, more) in [(&id_token, &[][..]), (&refresh, BY_REFRESH)] {
        let all = [&fields(token, more)[..], &credentials].concat();
        let refused = scene.op.agent().post_form("/api/oidc/token", &all);
        assert_eq!(refused.error(), "400 invalid_request");
        let mut certified =
            scene.op.agent().with_header("x-client-certificate", &format!(":{base64}:"));
        let answer = certified.post_form("/api/oidc/token", &all);
        assert_eq!(cnf(&scene, answer), Value::Null);
    }
    let other = ProofKey::new().jkt();
    scene.op.execute(&format!("UPDATE refresh_tokens SET certificate_thumbprint = '{other}'"));
    let all = [&fields(&refresh, BY_REFRESH)[..], &credentials].concat();
    let mut certified =
        scene.op.agent().with_header("x-client-certificate", &format!(":{base64}:"));
    assert_eq!(certified.post_form("/api/oidc/token", &all).error(), "400 invalid_grant");
}
