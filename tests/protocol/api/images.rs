//! `/api/application-images`

use hyper::Method;
use serde_json::json;

use super::{administrator, delete, only_administrators_may, png, upload};
use crate::support::{agent::Agent, op::TestOp};

const LOGO: &str = "/api/application-images/logo";
const DARK: &str = "/api/application-images/logo?light=false";
const EMAIL: &str = "/api/application-images/email";
const FAVICON: &str = "/api/application-images/favicon";
const BACKGROUND: &str = "/api/application-images/background";
const PROFILE_PICTURE: &str = "/api/application-images/default-profile-picture";
const SVG: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
const GIF: &[u8] = b"GIF89a\x10\0\x10\0\0\0\0;";

/// Pads a picture to a size in bytes.
fn padded(mut picture: Vec<u8>, bytes: usize) -> Vec<u8> {
    picture.resize(bytes, 0);
    picture
}

fn shown(agent: &mut Agent, path: &str) -> Vec<u8> {
    agent.get(path).ok().body.to_vec()
}

#[test]
fn a_picture_is_uploaded_shown_replaced_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    for path in [LOGO, DARK, EMAIL, FAVICON, BACKGROUND, PROFILE_PICTURE] {
        let picture = png(40, 40);
        assert_eq!(upload(&mut root, path, &picture).status, 204, "{path}");
        assert_eq!(shown(&mut root, path), picture, "{path}");
    }
    upload(&mut root, LOGO, SVG).ok();
    let logo = op.agent().get(LOGO).ok();
    assert_eq!((logo.header("content-type"), &logo.body[..]), ("image/svg+xml", SVG));
    let policy = logo.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert_eq!(shown(&mut root, DARK), png(40, 40), "another one");
    assert!(op.agent().get("/login").text().contains(LOGO), "at once");

    for path in [LOGO, DARK, BACKGROUND, PROFILE_PICTURE] {
        assert_eq!(delete(&mut root, path).status, 204, "{path}");
        let after = root.get(path);
        if path == BACKGROUND {
            assert_ne!(after.ok().body.to_vec(), png(40, 40), "the one that is built in");
        } else {
            assert_eq!(after.error(), "404 image_not_found", "{path}");
        }
        assert_eq!(delete(&mut root, path).error(), "404 image_not_found", "{path}");
    }
    assert_eq!(
        op.texts("SELECT name FROM application_images ORDER BY name"),
        ["favicon", "logoEmail"]
    );
    let kinds = op.audit_kinds();
    let count = |kind: &str| kinds.iter().filter(|found| found.starts_with(kind)).count();
    assert_eq!(count("APPLICATION_IMAGE_CHANGED"), 7);
    assert_eq!(count("APPLICATION_IMAGE_DELETED"), 4);
}

#[test]
fn what_is_no_picture_for_its_place_is_refused_and_changes_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    upload(&mut root, LOGO, &png(1, 1)).ok();
    let entries = op.audit_kinds();
    for (path, bytes, error, message) in [
        (LOGO, &b"text"[..], "415 file_type_not_supported", "File type is not supported"),
        (LOGO, b"", "415 file_type_not_supported", "File type is not supported"),
        (
            LOGO,
            b"<html><svg></svg></html>",
            "415 file_type_not_supported",
            "File type is not supported",
        ),
        (EMAIL, GIF, "415 file_type_not_supported", "File must be of type PNG or JPEG"),
        (EMAIL, SVG, "415 file_type_not_supported", "File must be of type PNG or JPEG"),
        (FAVICON, GIF, "415 file_type_not_supported", "File must be of type SVG, PNG, or ICO"),
        (LOGO, b"\x89PNG\r\n\x1a\n", "400 invalid_image", "File is not a valid image"),
        (LOGO, &png(100_000, 1), "400 invalid_image", "File is not a valid image"),
        (LOGO, &png(10_000, 10_000), "400 invalid_image", "File is not a valid image"),
        (
            LOGO,
            &padded(png(1, 1), 2 * 1024 * 1024 + 1),
            "413 file_too_large",
            "File must not exceed 2.00 MB",
        ),
        (
            BACKGROUND,
            &padded(png(1, 1), 8 * 1024 * 1024 + 1),
            "413 file_too_large",
            "File must not exceed 8.00 MB",
        ),
    ] {
        let refused = upload(&mut root, path, bytes);
        assert_eq!(refused.error(), error, "{path}");
        assert_eq!(refused.json()["error"], message, "{path}");
    }
    let details = upload(&mut root, EMAIL, GIF).json()["details"].clone();
    assert_eq!(details, json!({"expected_file_type": "PNG or JPEG"}));
    assert_eq!(
        upload(&mut root, "/api/application-images/other", GIF).error(),
        "404 image_not_found"
    );
    upload(&mut root, BACKGROUND, &padded(png(1, 1), 8 * 1024 * 1024)).ok();
    op.execute("DELETE FROM application_images WHERE name = 'background'");
    op.execute("DELETE FROM audit_events WHERE kind = 'APPLICATION_IMAGE_CHANGED' AND data LIKE '%background%'");
    assert_eq!((shown(&mut root, LOGO), op.count("application_images")), (png(1, 1), 1));
    assert_eq!(op.audit_kinds(), entries);
}

#[test]
fn what_is_no_form_with_a_file_is_refused() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let mut send = |content_type: &'static str, body: &'static str| {
        root.send(Method::PUT, LOGO, Some(content_type), body.into()).error()
    };
    const FORM: &str = "multipart/form-data; boundary=X";
    for (content_type, body, error) in [
        ("application/json", "{}", "400 invalid_request_body"),
        ("multipart/form-data", "--X--\r\n", "400 invalid_request_body"),
        (FORM, "", "400 invalid_request_body"),
        (FORM, "--X\r\nContent-Disposition: form-data; name=\"file\"", "400 invalid_request_body"),
        (FORM, "--X--\r\n", "400 validation_failed"),
    ] {
        assert_eq!(send(content_type, body), error, "{content_type} {body}");
    }
    assert_eq!(op.count("application_images"), 0);
}

#[test]
fn nobody_else_changes_a_picture() {
    let op = TestOp::start();
    only_administrators_may(
        &op,
        &[
            (Method::PUT, LOGO, json!(null)),
            (Method::PUT, PROFILE_PICTURE, json!(null)),
            (Method::DELETE, LOGO, json!(null)),
            (Method::DELETE, PROFILE_PICTURE, json!(null)),
        ],
    );
    assert_eq!(op.count("application_images"), 0);
}

/// Dashboards still use the addresses of Pocket ID 1.
#[test]
fn pictures_are_found_at_their_old_addresses() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    for path in [LOGO, DARK, FAVICON, BACKGROUND] {
        upload(&mut root, path, &png(8, 8)).ok();
    }
    for name in ["logo", "logo?light=false", "favicon", "background-image"] {
        let old = format!("/api/application-configuration/{name}");
        assert_eq!(shown(&mut op.agent(), &old), png(8, 8), "{name}");
    }
}
