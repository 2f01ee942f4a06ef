//! Pictures that are kept in the database (Pocket ID 2.14 §3.15, §6.8).

use pocketid::{
    model::{ApplicationImage, ClientId, Image, Theme},
    store::images,
};

use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
    wait_until,
};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";

fn image(bytes: &[u8]) -> Image {
    Image::recognise(bytes.to_vec()).unwrap()
}

fn set(op: &TestOp, name: ApplicationImage, bytes: &[u8]) {
    let image = image(bytes);
    let set =
        move |tx: &mut pocketid::store::Tx<'_>| images::set_application_image(tx, name, &image);
    op.store().write_blocking(set).unwrap();
}

fn set_logo(op: &TestOp, client: &TestClient, theme: Theme, bytes: &[u8]) {
    let (id, image): (ClientId, _) = (client.id.parse().unwrap(), image(bytes));
    let set =
        move |tx: &mut pocketid::store::Tx<'_>| images::set_client_logo(tx, &id, theme, &image);
    op.store().write_blocking(set).unwrap();
}

#[track_caller]
fn assert_shows(answer: &Answer, content_type: &str, bytes: &[u8], stale: u32) {
    assert_eq!((answer.status, answer.header("content-type")), (200, content_type));
    assert_eq!(answer.body, bytes);
    let caching = format!("public, max-age=900, stale-while-revalidate={stale}");
    assert_eq!(answer.header("cache-control"), caching);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
}

#[test]
fn pictures_of_the_installation_are_served_by_their_content_and_may_do_nothing() {
    let op = TestOp::start();
    let get = |path: &str| op.agent().get(path);
    for name in ["logo", "logo?light=false", "nothing"] {
        let answer = get(&format!("/api/application-images/{name}"));
        assert_eq!(answer.error(), "404 image_not_found", "{name}");
    }
    for name in ["email", "background"] {
        let answer = get(&format!("/api/application-images/{name}")).ok();
        assert_eq!(answer.header("content-type"), "image/png", "{name}");
        assert!(answer.body.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
        assert!(answer.body.len() < 8_192, "{name} has {} bytes", answer.body.len());
    }
    for path in ["/api/application-images/favicon", "/favicon.ico"] {
        assert_eq!(get(path).ok().header("content-type"), "image/svg+xml", "our own");
    }

    set(&op, ApplicationImage::LogoLight, SVG.as_bytes());
    set(&op, ApplicationImage::LogoDark, b"\x89PNG\r\n\x1a\ndark");
    set(&op, ApplicationImage::Favicon, b"\0\0\x01\0\x01\0icon");
    set(&op, ApplicationImage::Background, b"RIFF\x01\x02\x03\x04WEBPVP8 ");

    for path in ["logo", "logo?light=1", "logo?light=TRUE"] {
        let answer = get(&format!("/api/application-images/{path}"));
        assert_shows(&answer, "image/svg+xml", SVG.as_bytes(), 86_400);
    }
    for path in ["logo?light=false", "logo?light=", "logo?light=yes"] {
        let answer = get(&format!("/api/application-images/{path}"));
        assert_shows(&answer, "image/png", b"\x89PNG\r\n\x1a\ndark", 86_400);
    }
    for path in ["/api/application-images/favicon", "/favicon.ico"] {
        assert_shows(&get(path), "image/x-icon", b"\0\0\x01\0\x01\0icon", 86_400);
    }
    let fresh = get("/api/application-images/background?skipCache").ok();
    assert_eq!(fresh.header("cache-control"), "private, no-store");
}

#[test]
fn the_default_profile_picture_is_for_administrators() {
    let op = TestOp::start();
    let (mut root, mut alice) = (op.person("root"), op.person("alice"));
    op.change_user(root.id, |user| user.is_admin = true);
    let path = "/api/application-images/default-profile-picture";
    assert_eq!(op.agent().get(path).error(), "401 not_signed_in");
    assert_eq!(alice.agent.get(path).error(), "403 forbidden");
    assert_eq!(root.agent.get(path).error(), "404 image_not_found");

    set(&op, ApplicationImage::DefaultProfilePicture, b"GIF89a..");

    assert_eq!(root.agent.get(path).ok().header("cache-control"), "private, no-store");
    assert_eq!(alice.agent.get(path).error(), "403 forbidden");
}

#[test]
fn a_user_has_their_own_picture_or_the_default_one_or_their_initials() {
    let op = TestOp::start();
    let alice = op.user("alice");
    let path = format!("/api/users/{}/profile-picture.png", alice.id);
    let get = || op.agent().get(&path);
    // The address ends in `.png`, and applications believe it.
    let drawn = get().ok();
    assert_eq!(drawn.header("content-type"), "image/png");
    let caching = "public, max-age=900, stale-while-revalidate=3600";
    assert_eq!(drawn.header("cache-control"), caching);
    let header = &drawn.body[..24];
    assert_eq!(&header[..16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert_eq!(header[16..], [0, 0, 1, 44, 0, 0, 1, 44], "300 by 300");
    assert!(drawn.body.len() < 8_000 && drawn.body.ends_with(b"IEND\xaeB`\x82"));
    set(&op, ApplicationImage::DefaultProfilePicture, SVG.as_bytes());
    assert_eq!(get().ok().body, drawn.body, "an SVG is not read by all of them");

    set(&op, ApplicationImage::DefaultProfilePicture, b"GIF89a..");
    assert_shows(&get(), "image/gif", b"GIF89a..", 3_600);

    let own = image(b"\x89PNG\r\n\x1a\nalice");
    op.store().write_blocking(move |tx| images::set_profile_picture(tx, alice.id, &own)).unwrap();
    assert_shows(&get(), "image/png", b"\x89PNG\r\n\x1a\nalice", 3_600);

    op.beside("user remove alice --yes").expect_success();
    assert_eq!(get().error(), "404 user_not_found");
    assert_eq!(op.count("profile_pictures"), 0);
}

#[test]
fn the_logo_of_a_client_for_light_grounds_does_for_dark_ones() {
    let op = TestOp::start();
    let client = op.client();
    let path = format!("/api/oidc/clients/{}/logo", client.id);
    let get = |query: &str| op.agent().get(&format!("{path}{query}"));
    set_logo(&op, &client, Theme::Light, SVG.as_bytes());
    for query in ["", "?light=true", "?light=false"] {
        assert_shows(&get(query), "image/svg+xml", SVG.as_bytes(), 43_200);
    }

    set_logo(&op, &client, Theme::Dark, b"GIF89a..");
    assert_shows(&get(""), "image/svg+xml", SVG.as_bytes(), 43_200);
    assert_shows(&get("?light=false"), "image/gif", b"GIF89a..", 43_200);
    let shown = op.beside(&format!("client show {} -o json", client.id)).json();
    assert_eq!((&shown["hasLogo"], &shown["hasDarkLogo"]), (&true.into(), &true.into()));

    op.beside(&format!("client update {} --no-logo", client.id)).expect_success();
    for query in ["", "?light=false"] {
        assert_eq!(get(query).error(), "404 image_not_found");
    }
}

/// The pages of a running server, within a second or two.
#[test]
fn pages_show_the_logo_that_was_chosen_and_our_own_mark_where_there_is_none() {
    let op = TestOp::start();
    op.person("alice");
    let logo = "src=\"/api/application-images/logo\"";
    let page = |path: &str| op.agent().get(path).text();
    assert!(page("/login").contains("class=\"mark\"") && !page("/login").contains(logo));

    set(&op, ApplicationImage::LogoLight, SVG.as_bytes());

    wait_until(|| page("/login").contains(logo));
    assert!(!page("/login").contains("light=false"), "the light one does for both");
    assert!(page("/nowhere").contains(logo), "error pages are pages, too");
}
