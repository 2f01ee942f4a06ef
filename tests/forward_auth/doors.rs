//! Protected hosts at the terminal, by the REST API, on their page and in the configuration file.

use hyper::Method;
use serde_json::json;

use super::visitor::HOST;
use crate::support::op::TestOp;

#[test]
fn the_rest_api_reads_and_changes_a_protected_host() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let family = op.group("family", &[]);
    let body = json!({
        "host": "Wiki.example.com:443", "allowedUserGroupIds": [family],
        "openPaths": ["/public/*"], "sessionDurationMinutes": 60,
    });
    let made = root.agent.post("/api/protected-hosts", &body).ok().json();
    assert_eq!(made["host"], HOST);
    assert_eq!(made["allowedUserGroups"][0]["name"], "family");
    assert_eq!(made["headers"]["user"], "Remote-User");
    assert_eq!(root.agent.post("/api/protected-hosts", &body).status, 409);

    let path = format!("/api/protected-hosts/{}", made["id"].as_str().unwrap());
    // Leaving something out opens nothing.
    let changed = root.agent.json(Method::PUT, &path, &json!({ "host": HOST })).ok().json();
    assert_eq!(changed["isGroupRestricted"], true);
    assert_eq!(changed["allowedUserGroups"][0]["name"], "family");
    let everyone = json!({ "host": HOST, "isGroupRestricted": false });
    let changed = root.agent.json(Method::PUT, &path, &everyone).ok().json();
    assert_eq!(changed["isGroupRestricted"], false);
    assert_eq!(changed["openPaths"], json!([]));
    let lines = root.agent.get(&format!("{path}/proxy/caddy")).ok().text();
    assert!(lines.contains("forward_auth"), "{lines}");
    assert_eq!(root.agent.get(&format!("{path}/proxy/apache")).status, 404);
    root.agent.json(Method::DELETE, &path, &json!({})).ok();
    assert_eq!(op.count("protected_hosts"), 0);
    let kinds = op.audit_kinds();
    for kind in ["PROTECTED_HOST_CREATED", "PROTECTED_HOST_CHANGED", "PROTECTED_HOST_DELETED"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}");
    }
}

#[test]
fn faults_of_a_protected_host_are_told_all_at_once() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let body = json!({
        "host": "https://wiki.example.com/", "openPaths": ["/a/../b"], "sessionDurationMinutes": 1,
        "headers": { "user": "Cookie" },
    });
    let refused = root.agent.post("/api/protected-hosts", &body);
    assert_eq!(refused.status, 400);
    for field in ["host", "openPaths", "sessionDurationMinutes", "headers.user"] {
        assert!(refused.text().contains(&format!("\"{field}\"")), "{field}: {}", refused.text());
    }
    let twice =
        json!({ "host": HOST, "headers": { "user": "Remote-User", "name": "remote-user" } });
    assert_eq!(root.agent.post("/api/protected-hosts", &twice).status, 400);
    assert_eq!(op.count("protected_hosts"), 0);
}

/// It would ask itself, and never let anybody in.
#[test]
fn this_server_cannot_protect_its_own_host() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let url = op.base_url().to_owned();
    let own = url.split_once("://").unwrap().1.to_owned();
    let refused = root.agent.post("/api/protected-hosts", &json!({ "host": own }));
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("must not be the host of this server"), "{}", refused.text());
    let nowhere = json!({ "host": "wiki.example.com:0" });
    assert_eq!(root.agent.post("/api/protected-hosts", &nowhere).status, 400);

    let made = root.agent.post("/api/protected-hosts", &json!({ "host": HOST })).ok().json();
    let path = format!("/api/protected-hosts/{}", made["id"].as_str().unwrap());
    let changed = root.agent.json(Method::PUT, &path, &json!({ "host": own }));
    assert_eq!(changed.status, 400);
    let file = op.folder().join("own.yaml");
    std::fs::write(&file, format!("protectedHosts:\n  - host: {own}\n")).unwrap();
    let cli = op.cli().with("APP_URL", &url);
    assert_ne!(cli.run(&format!("apply --file {} --yes", file.display())).code, Some(0));
    assert_eq!(op.count("protected_hosts"), 1);
}

#[test]
fn the_page_of_a_host_tells_that_all_its_paths_are_open() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    for (host, open_path, is_told) in
        [("wiki.example.com", "/public/*", false), ("open.example.com", "/*", true)]
    {
        let body = json!({ "host": host, "openPaths": [open_path] });
        let made = root.agent.post("/api/protected-hosts", &body).ok().json();
        let path = format!("/settings/admin/protected-hosts/{}", made["id"].as_str().unwrap());
        let page = root.agent.get(&path).ok().text();
        assert_eq!(page.contains("Every path of this host is open"), is_told, "{page}");
    }
}

#[test]
fn the_configuration_file_has_protected_hosts() {
    let op = TestOp::start();
    let file = op.folder().join("pocketid.yaml");
    let text = "groups:\n  - name: family\nprotectedHosts:\n  - host: wiki.example.com\n    allowedUserGroups: [family]\n    openPaths: [/health]\n    acceptsApiKeys: true\n";
    std::fs::write(&file, text).unwrap();
    let line = format!("apply --file {} --yes", file.display());
    op.beside(&line).expect_success();
    let shown = op.beside(&format!("protect show {HOST} -o json")).json();
    assert_eq!(shown["isGroupRestricted"], true);
    assert_eq!(shown["allowedUserGroups"][0]["name"], "family");
    assert_eq!(shown["acceptsApiKeys"], true);
    let again = op.beside(&format!("diff --file {}", file.display()));
    again.expect_success();

    let exported = op.beside("export-config").stdout;
    assert!(exported.contains("wiki.example.com"), "{exported}");
    std::fs::write(&file, text.replace("[family]", "[nobody]")).unwrap();
    op.beside(&line).expect_failure(3);
    std::fs::write(&file, "protectedHosts: []\n").unwrap();
    op.beside(&format!("{line} --prune")).expect_success();
    assert_eq!(op.count("protected_hosts"), 0);
}
