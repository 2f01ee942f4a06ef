//! Links, anchors and the table of contents.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use super::page::{Page, all_documents, guides, root};

/// The table of contents of the site.
const CONTENTS: &str = "docs/SUMMARY.md";

/// Resolves `..` in a path within the repository.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(resolved.pop(), "{} leaves us", path.display()),
            part => resolved.push(part),
        }
    }
    resolved
}

/// The file that a link or an inclusion of this page names.
fn target(page: &Page, link: &str) -> PathBuf {
    if link.is_empty() {
        return page.path.clone();
    }
    resolved(&page.path.parent().expect("a folder").join(link))
}

#[test]
fn every_link_leads_to_a_file_and_an_anchor_that_exist() {
    let pages = all_documents();
    let anchors: BTreeMap<_, _> = pages.iter().map(|page| (&page.path, page.anchors())).collect();
    let mut faults = Vec::new();
    let mut count = 0;
    for page in &pages {
        for link in page.links().iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = target(page, file);
            let has_anchor = || anchors.get(&file).is_some_and(|known| known.contains(anchor));
            if !root().join(&file).exists() || !(anchor.is_empty() || has_anchor()) {
                faults.push(format!("{}: {link}", page.name()));
            }
            count += 1;
        }
    }
    assert!(faults.is_empty(), "links that lead nowhere:\n{}", faults.join("\n"));
    assert!(count > 100, "only {count} links were found");
}

/// The site has only the files below `docs/`.
#[test]
fn pages_of_the_site_link_to_nothing_outside_of_it() {
    for page in guides().iter().filter(|page| page.path.starts_with("docs")) {
        for link in page.links().iter().filter(|link| !link.contains("://")) {
            let file = target(page, link.split('#').next().expect("a part"));
            assert!(file.starts_with("docs"), "{}: {link}", page.name());
        }
    }
}

#[test]
fn the_table_of_contents_names_every_page_once() {
    let contents = Page::read(CONTENTS.into());
    let named = contents.links();
    let pages = guides().into_iter().map(|page| page.path);
    let pages: BTreeSet<_> =
        pages.filter(|path| path.starts_with("docs") && *path != contents.path).collect();

    let files: BTreeSet<_> = named.iter().map(|link| target(&contents, link)).collect();

    assert_eq!(files, pages);
    assert_eq!(files.len(), named.len(), "a page is named twice");
}

#[test]
fn every_inclusion_names_a_file_and_a_part_that_exist() {
    for page in guides() {
        for inclusion in page.inclusions() {
            let (file, part) = inclusion.split_once(':').unwrap_or((&inclusion, ""));
            let text = fs::read_to_string(root().join(target(&page, file)))
                .unwrap_or_else(|error| panic!("{}: {inclusion}: {error}", page.name()));
            let is_there = part.is_empty() || text.contains(&format!("ANCHOR: {part} "));
            assert!(is_there, "{}: {file} has no part {part}", page.name());
        }
    }
}
