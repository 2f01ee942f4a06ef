//! Pictures of the pages, to look at: `make pictures`.

use std::{fs, path::PathBuf};

use super::{
    administration::{PAGES, Subjects},
    visitor::Visitor,
};
use crate::support::op::TestOp;

/// Names of people, of which some are long.
const PEOPLE: &[(&str, &str)] = &[
    ("ada", "Ada Lovelace"),
    ("grace", "Grace Hopper"),
    ("hohenlohe", "Maximiliane Freifrau von und zu Hohenlohe-Langenburg"),
    ("omar", "\u{639}\u{645}\u{631} \u{627}\u{644}\u{62e}\u{64a}\u{627}\u{645}"),
    ("wang", "\u{738b}\u{5c0f}\u{660e}"),
];

/// Takes a picture of every page, in both schemes and on a phone.
#[test]
#[ignore = "pictures are for people: make pictures"]
fn pictures() {
    let folder = PathBuf::from(std::env::var("POCKETID_PICTURES").expect("a folder"));
    fs::create_dir_all(&folder).expect("the folder");
    let op = TestOp::start();
    for (username, name) in PEOPLE {
        let id = op.user(username).id;
        let name = name.to_string();
        op.change_user(id, move |user| user.display_name = name.parse().expect("a name"));
    }
    for n in 1..=25 {
        op.user(&format!("user{n:02}"));
    }
    let subjects = Subjects::new(&op);
    let root = Visitor::admin(&op, "root");
    let only = std::env::var("POCKETID_PICTURES_OF").unwrap_or_default();
    for (name, path) in PAGES.iter().filter(|(name, _)| name.contains(&only)) {
        for (kind, size, dark) in [
            ("light", (1280, 900), false),
            ("dark", (1280, 900), true),
            ("phone", (390, 844), false),
        ] {
            root.set_dark(dark);
            root.set_viewport(size.0, size.1, size.0 < 500);
            root.open(&subjects.path(path));
            let file = name.replace(", ", "-").replace(' ', "-").to_lowercase();
            root.screenshot(folder.join(format!("{file}-{kind}.png")));
        }
    }
}
