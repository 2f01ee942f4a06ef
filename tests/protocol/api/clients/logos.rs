//! `/api/oidc/clients/{id}/logo`: uploads

use hyper::Method;
use serde_json::json;

use super::super::{administrator, delete, only_administrators_may, png, send_file};
use crate::support::{agent::Agent, op::TestOp};

const SVG: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";

fn upload(agent: &mut Agent, path: &str, file: &[u8]) -> crate::support::agent::Answer {
    send_file(agent, Method::POST, path, file)
}

#[test]
fn a_logo_for_each_theme_is_uploaded_shown_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let path = format!("/api/oidc/clients/{}/logo", client.id);
    let dark = format!("{path}?light=false");
    let shown = |path: &str| op.agent().get(path);
    let has = || {
        let meta = op.agent().get(&format!("/api/oidc/clients/{}/meta", client.id)).ok().json();
        (meta["hasLogo"] == true, meta["hasDarkLogo"] == true)
    };

    assert_eq!(upload(&mut root, &path, SVG).status, 204);
    assert_eq!(has(), (true, false));
    assert_eq!(shown(&dark).ok().body, SVG, "the light one serves for both");
    assert_eq!(upload(&mut root, &dark, &png(40, 40)).status, 204);
    assert_eq!(has(), (true, true));
    assert_eq!(shown(&dark).ok().body, png(40, 40));
    let policy = shown(&path).ok().header("content-security-policy").to_owned();
    assert!(policy.contains("sandbox"), "{policy}");

    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(delete(&mut root, &dark).status, 204);
    assert_eq!(delete(&mut root, &dark).error(), "404 image_not_found");
    assert_eq!((has(), op.count("client_logos")), ((false, false), 0));
}

#[test]
fn a_file_that_is_no_image_or_too_large_is_refused_and_the_logo_stays() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let path = format!("/api/oidc/clients/{}/logo", client.id);
    upload(&mut root, &path, &png(1, 1)).ok();
    let entries = op.audit_kinds();
    for (file, error) in [
        (&b"text"[..], "415 file_type_not_supported"),
        (b"", "415 file_type_not_supported"),
        (&png(20_000, 1), "400 invalid_image"),
        (&png(10_000, 10_000), "400 invalid_image"),
        (&vec![0; 2 * 1024 * 1024 + 1], "413 file_too_large"),
        (&vec![0; 3 * 1024 * 1024], "413 file_too_large"),
    ] {
        assert_eq!(upload(&mut root, &path, file).error(), error);
    }
    let unknown = upload(&mut root, "/api/oidc/clients/unknown/logo", &png(1, 1));
    assert_eq!(unknown.error(), "404 not_found");
    assert_eq!(op.agent().get(&path).ok().body, png(1, 1));
    assert_eq!(op.audit_kinds(), entries);
}

#[test]
fn only_administrators_upload_logos() {
    let op = TestOp::start();
    let client = op.client();
    let path = format!("/api/oidc/clients/{}/logo", client.id);
    only_administrators_may(
        &op,
        &[(Method::POST, &path, json!({})), (Method::DELETE, &path, json!({}))],
    );
}
