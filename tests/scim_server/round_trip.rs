//! One pocketid provisions another one.

use serde_json::{Value, json};

use super::program::Program;
use crate::{scim::real_endpoint::set_endpoint_with, support::op::TestOp};

struct Pair {
    from: TestOp,
    to: TestOp,
    client: String,
}

impl Pair {
    fn new() -> Self {
        let (from, to) = (TestOp::start(), TestOp::start());
        let client = from.client();
        let token = to.beside("scim token create upstream").ok().trim().to_owned();
        set_endpoint_with(&from, &client, &format!("{}/scim/v2", to.base_url()), &token);
        Self { from, to, client: client.id }
    }

    fn sync(&self) -> Value {
        self.from
            .beside(&format!("scim sync {} --output json --allow-deletions", self.client))
            .json()
    }

    fn users(&self) -> Vec<String> {
        self.to.texts(
            "SELECT username || ' ' || COALESCE(email, '-') || ' ' || display_name || ' ' || disabled FROM users ORDER BY username",
        )
    }

    fn members(&self) -> Vec<String> {
        self.to.texts(
            "SELECT g.friendly_name || ': ' || u.username FROM group_members m JOIN users u ON u.id = m.user_id
               JOIN groups g ON g.id = m.group_id ORDER BY 1",
        )
    }
}

#[test]
fn accounts_and_groups_follow_those_of_another_installation() {
    let pair = Pair::new();
    let from = &pair.from;
    from.beside_args(&[
        "user",
        "add",
        "alice",
        "--email",
        "alice@example.com",
        "--first-name",
        "Alice",
        "--last-name",
        "L",
    ])
    .expect_success();
    from.beside("user add bob").expect_success();
    from.beside_args(&["group", "create", "staff", "--friendly-name", "All staff"])
        .expect_success();
    from.beside("group assign staff alice bob").expect_success();
    let first = pair.sync();
    assert_eq!(
        (&first["users"]["created"], &first["groups"]["created"]),
        (&json!(2), &json!(1)),
        "{first}"
    );
    assert_eq!(pair.users(), ["alice alice@example.com Alice L 0", "bob -  0"]);
    assert_eq!(pair.members(), ["All staff: alice", "All staff: bob"]);
    let again = pair.sync();
    assert_eq!(
        (&again["users"]["unchanged"], &again["groups"]["unchanged"]),
        (&json!(2), &json!(1)),
        "{again}"
    );

    from.beside("user disable bob").expect_success();
    from.beside_args(&[
        "user",
        "update",
        "alice",
        "--username",
        "alice2",
        "--email",
        "a2@example.com",
    ])
    .expect_success();
    from.beside("group unassign staff bob").expect_success();
    pair.sync();
    assert_eq!(pair.users(), ["alice2 a2@example.com Alice L 0", "bob -  1"]);
    assert_eq!(pair.members(), ["All staff: alice2"]);

    from.beside("user remove bob --yes").expect_success();
    from.beside("group delete staff --yes").expect_success();
    pair.sync();
    assert_eq!(pair.users(), ["alice2 a2@example.com Alice L 0"]);
    assert_eq!(pair.to.count("groups"), 0);
}

/// An administrator there is left alone, and the others go on.
#[test]
fn an_administrator_of_the_same_name_is_not_taken_over() {
    let pair = Pair::new();
    let root = pair.to.user("root");
    pair.to.change_user(root.id, |user| user.is_admin = true);
    pair.from.beside("user add root").expect_success();
    pair.from.beside("user add alice").expect_success();
    let ran = pair.from.beside(&format!("scim sync {} --adopt", pair.client));
    assert!(ran.stderr.contains("Administrators cannot be changed over SCIM"), "{}", ran.stderr);
    let names = pair.to.texts("SELECT username FROM users ORDER BY username");
    assert_eq!(names, ["alice", "root"]);
    let program = Program::new(&pair.to, "other");
    assert_eq!(program.get(&format!("/Users/{}", root.id)).ok().json()["active"], true);
}
