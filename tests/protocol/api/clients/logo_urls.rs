//! Logos that are downloaded

use serde_json::json;

use super::{administrator, put};
use crate::support::{https::HttpsSite, op::TestOp};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg'/>";

#[test]
fn a_logo_is_downloaded_when_a_client_is_stored() {
    let site = HttpsSite::start();
    let op = TestOp::with_outbound(&[], site.outbound());
    let mut root = administrator(&op);
    site.answer_with("200 OK\r\ncontent-type: image/svg+xml", SVG);

    let body = json!({"id": "photos", "name": "Photos", "logoUrl": site.url("/logo.svg")});
    assert_eq!(root.post("/api/oidc/clients", &body).status, 201);

    assert!(site.requests().iter().any(|request| request.contains("accept: image/*")));
    let logo = op.agent().get("/api/oidc/clients/photos/logo");
    assert_eq!((logo.status, logo.text().as_str()), (200, SVG));
    let body = json!({"name": "Photos", "darkLogoUrl": site.url("/dark.svg")});
    let changed = put(&mut root, "/api/oidc/clients/photos", &body).ok().json();
    assert_eq!((&changed["hasLogo"], &changed["hasDarkLogo"]), (&json!(true), &json!(true)));
}

#[test]
fn a_logo_that_cannot_be_had_is_refused_with_the_reason() {
    let site = HttpsSite::start();
    let op = TestOp::with_outbound(&[], site.outbound());
    let mut root = administrator(&op);
    root.post("/api/oidc/clients", &json!({"id": "photos", "name": "Photos"}));
    let mut refused = |url: &str| {
        put(&mut root, "/api/oidc/clients/photos", &json!({"name": "Photos", "logoUrl": url}))
    };

    site.answer_with("200 OK\r\ncontent-type: image/png", "no image");
    assert_eq!(refused(&site.url("/logo.png")).error(), "422 logo_type_not_supported");
    site.answer_with("404 Not Found", "");
    assert_eq!(refused(&site.url("/logo.png")).error(), "422 logo_download_failed");
    site.answer_with("302 Found\r\nlocation: /again", "");
    assert_eq!(refused(&site.url("/logo.png")).error(), "422 logo_download_failed");
    site.answer_with("200 OK\r\ncontent-type: image/png", &"x".repeat(2 * 1024 * 1024 + 1));
    assert_eq!(refused(&site.url("/logo.png")).error(), "422 logo_too_large");
    assert_eq!(op.count("client_logos"), 0);
}

/// An address from an administrator must not turn the server against the network that it is in.
#[test]
fn a_logo_is_not_fetched_from_inside() {
    let site = HttpsSite::start();
    let op = TestOp::with_outbound(&[], site.outbound());
    let mut root = administrator(&op);
    root.post("/api/oidc/clients", &json!({"id": "photos", "name": "Photos"}));
    let mut refused = |url: &str| {
        put(&mut root, "/api/oidc/clients/photos", &json!({"name": "Photos", "logoUrl": url}))
    };

    for url in ["http://10.0.0.1/x.png", "http://169.254.169.254/", "file:///etc/passwd", "x"] {
        let answer = refused(url);
        assert_eq!(answer.error(), "400 validation_failed", "{url}");
        assert_eq!(answer.json()["error"], "Logo URL is not allowed", "{url}");
        assert_eq!(answer.json()["details"]["fields"][0]["field"], "logoUrl", "{url}");
    }
    site.answer_with("302 Found\r\nlocation: http://10.0.0.1/x.png", "");
    assert_eq!(refused(&site.url("/logo.png")).json()["error"], "Logo URL is not allowed");
    assert_eq!(op.count("client_logos"), 0);
}
