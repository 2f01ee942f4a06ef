//! `/api/users/{id}/profile-picture`

use hyper::Method;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::{administrator, delete, only_administrators_may, upload};
use crate::{
    protocol::account_limits::from_everywhere,
    support::{agent::Agent, op::TestOp},
};

const OWN: &str = "/api/users/me/profile-picture";

/// A picture of one colour.
fn picture(colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let pixels = RgbImage::from_pixel(30, 20, Rgb(colour));
    DynamicImage::from(pixels).write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// The colour in the middle of a picture, and its size.
fn middle(png: &[u8]) -> ([u8; 3], (u32, u32)) {
    let picture = image::load_from_memory_with_format(png, ImageFormat::Png).unwrap().to_rgb8();
    (picture.get_pixel(150, 150).0, picture.dimensions())
}

#[test]
fn an_uploaded_picture_is_shown_as_a_png_of_300_pixels_until_it_is_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let mut alice = op.person("alice");
    let path = format!("/api/users/{}/profile-picture", alice.id);
    let shown = || op.agent().get(&format!("{path}.png")).ok();
    let drawn = shown().body;

    assert_eq!(upload(&mut root, &path, &picture([255, 0, 0], ImageFormat::Bmp)).status, 204);
    assert_eq!(middle(&shown().body), ([255, 0, 0], (300, 300)));
    assert_eq!(shown().header("content-type"), "image/png");
    assert_eq!(upload(&mut alice.agent, OWN, &picture([0, 0, 255], ImageFormat::Gif)).status, 204);
    assert_eq!(middle(&shown().body), ([0, 0, 255], (300, 300)));

    assert_eq!(delete(&mut alice.agent, OWN).status, 204);
    assert_eq!(shown().body, drawn, "the initials again");
    upload(&mut root, &path, &picture([255, 0, 0], ImageFormat::Png)).ok();
    for _ in 0..2 {
        assert_eq!(delete(&mut root, &path).status, 204, "also when there is none");
    }
    assert_eq!(op.count("profile_pictures"), 0);
    let changes = op.audit_kinds().iter().filter(|k| k.starts_with("ACCOUNT_CHANGED")).count();
    assert_eq!(changes, 5, "the deletion of nothing is no change");
}

#[test]
fn a_file_that_is_no_picture_is_refused_and_the_picture_stays() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    let path = format!("/api/users/{}/profile-picture", alice.id);
    let png = picture([255, 0, 0], ImageFormat::Png);
    upload(&mut root, &path, &png).ok();
    let stored = op.agent().get(&format!("{path}.png")).ok().body;
    let entries = op.audit_kinds();
    let mut huge = png.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
    for file in [&b""[..], b"text", b"<svg xmlns='http://www.w3.org/2000/svg'/>", &png[..50], &huge]
    {
        assert_eq!(upload(&mut root, &path, file).error(), "400 invalid_image");
    }
    let large = vec![0; 8 * 1024 * 1024 + 1];
    assert_eq!(upload(&mut root, &path, &large).error(), "413 file_too_large");
    assert_eq!(op.agent().get(&format!("{path}.png")).ok().body, stored);
    assert_eq!(op.audit_kinds(), entries);
}

#[test]
fn a_picture_of_an_unknown_user_is_not_found() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let png = picture([255, 0, 0], ImageFormat::Png);
    for id in ["018f0000-0000-7000-8000-000000000000", "alice"] {
        let path = format!("/api/users/{id}/profile-picture");
        assert_eq!(upload(&mut root, &path, &png).error(), "404 user_not_found");
        assert_eq!(delete(&mut root, &path).error(), "404 user_not_found");
    }
    let malformed = op.agent().get("/api/users/alice/profile-picture.png");
    assert_eq!(malformed.error(), "400 validation_failed");
    assert_eq!(
        malformed.json()["details"]["fields"],
        json!([{"field": "userId", "code": "invalid_format", "message": "must be a valid UUID"}])
    );
}

#[test]
fn only_administrators_change_the_pictures_of_others() {
    let op = TestOp::start();
    let bob = op.user("bob");
    let path = format!("/api/users/{}/profile-picture", bob.id);
    only_administrators_may(
        &op,
        &[(Method::PUT, &path, json!({})), (Method::DELETE, &path, json!({}))],
    );
    assert_eq!(upload(&mut op.agent(), OWN, b"").error(), "401 not_signed_in");
    assert_eq!(delete(&mut op.agent(), OWN).error(), "401 not_signed_in");
}

/// Each account can store a picture for good, and where anyone may sign up there are many accounts.
#[test]
fn a_new_account_stores_a_few_pictures_and_files_that_are_none_do_not_count() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let (alice, bob, mut root) = (op.person("alice"), op.person("bob"), administrator(&op));
    let png = picture([255, 0, 0], ImageFormat::Png);
    let send = |agent: &Agent, n, file: &[u8]| upload(&mut from_everywhere(agent, n), OWN, file);
    for n in 0..10 {
        assert_eq!(send(&alice.agent, n, b"text").error(), "400 invalid_image");
    }
    let answers: Vec<_> = (10..16).map(|n| send(&alice.agent, n, &png)).collect();

    assert!(answers[..5].iter().all(|answer| answer.status == 204), "{answers:?}");
    assert_eq!(answers[5].error(), "429 rate_limited");
    assert_eq!(send(&bob.agent, 20, &png).status, 204, "another new account");
    for _ in 0..6 {
        assert_eq!(upload(&mut root, OWN, &png).status, 204, "an administrator");
    }
    op.execute("UPDATE users SET created_at = created_at - 8 * 86400");
    assert_eq!(send(&alice.agent, 30, &png).status, 204, "an account of last week");
}
