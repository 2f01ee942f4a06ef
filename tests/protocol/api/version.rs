//! `/api/version`

use serde_json::json;

use super::administrator;
use crate::support::op::TestOp;

/// Terraform's provider and others refuse to speak to anything that is older than 2.14 or not of version 2.
#[test]
fn whoever_is_signed_in_is_told_the_version_of_the_api() {
    let op = TestOp::start();
    let mut root = administrator(&op);

    let current = root.get("/api/version/current").ok().json();

    assert_eq!(current["currentVersion"], "2.14.0");
    assert_eq!(current["pocketidVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(op.agent().get("/api/version/current").error(), "401 not_signed_in");
}

#[test]
fn the_latest_version_is_the_current_one_for_anybody() {
    let op = TestOp::start();
    op.user("root");

    let latest = op.agent().get("/api/version/latest");

    assert_eq!(latest.json(), json!({ "latestVersion": "2.14.0" }));
    let kept = "public, max-age=300, stale-while-revalidate=900";
    assert_eq!(latest.header("cache-control"), kept);
    let anew = op.agent().get("/api/version/latest?skipCache");
    assert!(anew.header("cache-control").contains("no-store"));
}
