//! Groups.

use serde_json::{Value, json};

use super::program::{Program, error, id};
use crate::support::op::TestOp;

#[test]
fn a_group_is_created_shown_replaced_and_deleted() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let users =
        ["alice", "bob", "carol"].map(|name| program.create("Users", &json!({ "userName": name })));
    let [alice, bob, carol] = users.each_ref().map(|path| json!({ "value": id(path) }));
    let body = json!({"displayName": "All staff", "externalId": "g1", "members": [alice, bob]});
    let path = program.create("Groups", &body);
    let group = program.get(&path).ok().json();
    assert_eq!((&group["displayName"], &group["externalId"]), (&json!("All staff"), &json!("g1")));
    let reference = format!("{}/scim/v2{}", op.base_url(), users[0]);
    assert_eq!(
        group["members"][0],
        json!({"value": id(&users[0]), "$ref": reference, "type": "User"})
    );
    assert_eq!(
        op.texts("SELECT name || '/' || friendly_name FROM groups"),
        ["All staff/All staff"]
    );
    let of_alice = program.get(&users[0]).ok().json()["groups"].clone();
    assert_eq!(of_alice[0]["display"], "All staff");

    let replaced =
        program.put(&path, &json!({"displayName": "Staff", "members": [carol]})).ok().json();
    assert_eq!(replaced["members"].as_array().unwrap().len(), 1);
    assert_eq!(replaced.get("externalId"), None);
    assert_eq!(op.texts("SELECT name || '/' || friendly_name FROM groups"), ["Staff/Staff"]);
    assert_eq!(program.delete(&path).status, 204);
    assert_eq!((op.count("groups"), op.count("users")), (0, 3));
}

/// The name in the `groups` claim is what applications know a group by.
#[test]
fn a_group_that_was_named_here_keeps_its_name_for_applications() {
    let op = TestOp::start();
    op.beside_args(&["group", "create", "staff", "--friendly-name", "All staff"]).expect_success();
    let program = Program::new(&op, "hr");
    let found = program.get("/Groups").ok().json();
    let path = format!("/Groups/{}", found["Resources"][0]["id"].as_str().unwrap());
    let rename = json!([{"op": "replace", "path": "displayName", "value": "Everybody"}]);
    assert_eq!(program.patch(&path, &rename).status, 204);
    assert_eq!(op.texts("SELECT name || '/' || friendly_name FROM groups"), ["staff/Everybody"]);
    assert_eq!(error(&program.post("/Groups", &json!({"displayName": "staff"}))), "409 uniqueness");
}

#[test]
fn the_operations_of_entra_and_okta_change_members() {
    let op = TestOp::start();
    let program = Program::new(&op, "entra");
    let users = ["alice", "bob"].map(|name| program.create("Users", &json!({ "userName": name })));
    let [alice, bob] = users.each_ref().map(|path| json!({ "value": id(path) }));
    let path = program.create("Groups", &json!({"displayName": "Staff"}));
    let members = || {
        let group = program.get(&path).ok().json();
        let list = group["members"].as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|member| if member["value"] == alice["value"] { 'a' } else { 'b' })
            .collect::<String>()
    };
    for (operations, expected) in [
        (json!([{"op": "Add", "path": "members", "value": [alice]}]), "a"),
        (json!([{"op": "add", "value": {"members": [alice, bob]}}]), "ab"),
        (json!([{"op": "Remove", "path": "members", "value": [alice]}]), "b"),
        (json!([{"op": "replace", "path": "members", "value": [alice]}]), "a"),
        (
            json!([{"op": "add", "path": "members", "value": bob}, {"op": "remove", "path": format!("members[value eq {}]", alice["value"])}]),
            "b",
        ),
        (json!([{"op": "remove", "path": "members[type eq \"User\" and value sw \"0\"]"}]), ""),
        (
            json!([{"op": "replace", "value": {"displayName": "Staff 2", "members": [alice, bob]}}]),
            "ab",
        ),
        (json!([{"op": "remove", "path": "members"}]), ""),
    ] {
        let patched = program.patch(&path, &operations);
        assert_eq!((patched.status, patched.text().as_str()), (204, ""), "{operations}");
        assert_eq!(members(), expected, "{operations}");
    }
    let add = json!([{"op": "add", "path": "members", "value": [alice]}]);
    let shown = program.patch(&format!("{path}?attributes=displayName"), &add).ok().json();
    assert_eq!(shown["displayName"], "Staff 2");
    assert_eq!(shown.get("members"), None);
}

/// RFC 7644 §3.5.2: all operations of a request, or none.
#[test]
fn a_patch_is_done_as_a_whole_or_not_at_all() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let alice = program.create("Users", &json!({"userName": "alice"}));
    let path = program.create("Groups", &json!({"displayName": "Staff"}));
    let nobody = json!({"value": "018f0000-0000-7000-8000-000000000000"});
    let (entries, version) =
        (op.count("audit_events"), program.get(&path).header("etag").to_owned());
    for last in [
        json!({"op": "add", "path": "members", "value": [nobody]}),
        json!({"op": "replace", "path": "displayName", "value": ""}),
        json!({"op": "remove", "path": "displayName"}),
        json!({"op": "add", "path": "members[value pr]", "value": []}),
    ] {
        let operations = json!([
            {"op": "add", "path": "members", "value": [{"value": id(&alice)}]},
            {"op": "replace", "path": "externalId", "value": "g9"},
            last,
        ]);
        assert_eq!(program.patch(&path, &operations).status, 400, "{operations}");
        assert_eq!(program.get(&path).header("etag"), version);
    }
    assert_eq!((op.count("audit_events"), op.count("group_members")), (entries, 0));
}

#[test]
fn a_group_of_ten_thousand_works() {
    const COUNT: usize = 10_000;
    let op = TestOp::start();
    let id_of = |number: usize| format!("018f0000-0000-7000-8000-{number:012x}");
    let insert = |range: std::ops::Range<usize>| {
        let row = |number: usize| {
            let hex = id_of(number).replace('-', "");
            let id = if op.is_postgres() {
                format!("decode('{hex}', 'hex')")
            } else {
                format!("x'{hex}'")
            };
            format!("({id}, 'u{number}', 'u{number}', 0, '', '', '', 0, 0, 1, 1, 'u{number}')")
        };
        let rows: Vec<_> = range.map(row).collect();
        op.execute(&format!(
            "INSERT INTO users (id, username, username_folded, email_verified, first_name, last_name, display_name,
                                is_admin, disabled, created_at, updated_at, search_text) VALUES {}",
            rows.join(", ")
        ));
    };
    (0..COUNT).step_by(500).for_each(|start| insert(start..start + 500));
    let program = Program::new(&op, "hr");
    let member = |number: usize| {
        let path = format!("/Users/{}", id_of(number));
        json!({"value": id_of(number), "type": "User", "display": format!("User number {number}"), "$ref": format!("https://id.example.com/scim/v2{path}")})
    };
    let members: Vec<_> = (0..COUNT).map(member).collect();
    let path = program.create("Groups", &json!({"displayName": "Everybody", "members": members}));
    let count = || program.get(&path).ok().json()["members"].as_array().map_or(0, Vec::len);
    assert_eq!(count(), COUNT);
    let begin = std::time::Instant::now();
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", id_of(7))}]);
    assert_eq!(program.patch(&path, &remove).status, 204);
    // To compare each member with each would take a minute.
    assert!(begin.elapsed() < std::time::Duration::from_secs(15), "{:?}", begin.elapsed());
    assert_eq!(count(), COUNT - 1);
    let halved: Vec<Value> = (0..COUNT / 2).map(member).collect();
    program.put(&path, &json!({"displayName": "Everybody", "members": halved})).ok();
    assert_eq!(count(), COUNT / 2);
    // The list stops at so many members, and goes on after the groups that it has.
    for number in 0..5 {
        program.create("Groups", &json!({"displayName": format!("G{number}"), "members": halved}));
    }
    let page = program.get("/Groups").ok().json();
    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(6), &json!(4)));
    let short = program.get("/Groups?excludedAttributes=members").ok().json();
    assert_eq!(short["itemsPerPage"], 6);
    assert!(short.to_string().len() < 5_000);
}

#[test]
fn a_member_whose_membership_has_ended_is_none_and_the_version_changes() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let alice = program.create("Users", &json!({ "userName": "alice" }));
    let path = program.create("Groups", &json!({"displayName": "Staff"}));
    op.beside("group assign Staff alice --until 1h").expect_success();
    let filter = format!("members[value eq \"{}\"]", id(&alice));
    let before = program.get(&path).ok().json();
    assert_eq!(before["members"].as_array().unwrap().len(), 1);
    assert_eq!(program.find("Groups", &filter).len(), 1);
    // A program that names the member again does not take the end away.
    let same = json!({"displayName": "Staff", "members": [{ "value": id(&alice) }]});
    program.put(&path, &same).ok();
    assert_eq!(op.number("SELECT COUNT(*) FROM group_members WHERE expires_at IS NOT NULL"), 1);

    op.advance(3_601);

    let after = program.get(&path).ok().json();
    assert_eq!(after.get("members"), None);
    assert_ne!(after["meta"]["version"], before["meta"]["version"]);
    assert_eq!(program.get(&alice).ok().json().get("groups"), None);
    assert_eq!(program.find("Groups", &filter).len(), 0);
    let listed = program.get("/Groups").ok().json();
    assert_eq!(listed["Resources"][0].get("members"), None);
    let modified = after["meta"]["lastModified"].clone();
    op.clean_up();
    assert_ne!(program.get(&path).ok().json()["meta"]["lastModified"], modified);
    // The program may add the user again.
    program.put(&path, &same).ok();
    assert_eq!(op.number("SELECT COUNT(*) FROM group_members WHERE expires_at IS NULL"), 1);
}

/// The directory behind a program does not know services.
#[test]
fn a_program_neither_adds_services_to_groups_nor_takes_them_out() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    op.beside("service create ci-deploy").expect_success();
    let shown = op.beside("service show ci-deploy -o json").ok();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let service = json!({ "value": shown["id"] });
    let alice = json!({ "value": id(&program.create("Users", &json!({"userName": "alice"}))) });
    let path = program.create("Groups", &json!({"displayName": "Staff", "members": [alice]}));
    let add = json!([{"op": "add", "path": "members", "value": [service]}]);
    assert_eq!(program.patch(&path, &add).status, 400);
    let body = json!({"displayName": "Staff", "members": [alice, service]});
    assert_eq!(program.put(&path, &body).status, 400);

    op.beside("group assign Staff ci-deploy").expect_success();
    program.put(&path, &body).ok();
    program.put(&path, &json!({"displayName": "Staff", "members": []})).ok();
    let remove = json!([{"op": "remove", "path": "members"}]);
    assert!(matches!(program.patch(&path, &remove).status, 200 | 204));
    let members = "SELECT u.username FROM group_members m JOIN users u ON u.id = m.user_id";
    assert_eq!(op.texts(members), ["ci-deploy"]);
}
