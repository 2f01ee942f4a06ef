//! Where administrators see the rules, beside the doors that set them (`api/clients/doors.rs`).

use serde_json::json;

use super::{CHAT, Scene};

#[test]
fn the_rules_are_on_the_page_of_the_client_and_in_the_exported_file() {
    let mut scene = Scene::open();
    scene.op.change_user(scene.alice.id, |user| user.is_admin = true);
    let path = format!("/settings/admin/oidc-clients/{}?tab=apis", scene.wiki.id);
    let page = scene.alice.agent.get(&path).ok().text();
    for shown in [CHAT, "wiki-there", "chat.read chat.write", "https://api.chat.example/"] {
        assert!(page.contains(shown), "{shown}");
    }
    let exported = scene.op.beside("export-config").ok();
    for told in ["identityAssertions:", CHAT, "clientId: wiki-there"] {
        assert!(exported.contains(told), "{told}: {exported}");
    }
    let shown = scene.op.beside(&format!("client show {}", scene.wiki.id)).ok();
    assert!(shown.contains(&format!("for {CHAT}")), "{shown}");
    let list = scene.op.beside("client list -o json").ok();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let rule = json!({
        "audience": CHAT, "clientId": "wiki-there", "scope": "chat.read chat.write",
        "resources": ["https://api.chat.example/"],
    });
    assert_eq!(list[0]["identityAssertions"], json!([rule]));
}
