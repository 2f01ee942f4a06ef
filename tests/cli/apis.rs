//! `pocketid api`

use serde_json::json;

use crate::support::cli::Cli;

const ORDERS: &str = "https://orders.example.com";

#[test]
fn an_api_is_registered_filled_granted_and_deleted() {
    let cli = Cli::new();
    cli.run("client create shop --id shop").expect_success();
    cli.run(&format!("api create {ORDERS}/ --name Orders")).expect_success();
    cli.run(&format!("api permission add {ORDERS} read --name Read")).expect_success();
    cli.run(&format!("api permission add {ORDERS} write")).expect_success();
    cli.run(&format!("api grant {ORDERS} shop --permission read")).expect_success();
    cli.run(&format!("api grant {ORDERS} shop --for client --permission write")).expect_success();

    let shown = cli.run(&format!("api show {ORDERS} -o json")).json();
    assert_eq!(shown["resource"], ORDERS);
    let mut permissions = shown["permissions"].clone();
    for permission in permissions.as_array_mut().unwrap() {
        assert_eq!(permission.as_object_mut().unwrap().remove("id").unwrap(), "ID");
    }
    assert_eq!(
        permissions,
        json!([
            {"key": "read", "name": "Read", "allowedForCimdClients": false},
            {"key": "write", "name": "write", "allowedForCimdClients": false},
        ])
    );
    assert_eq!(
        shown["clients"],
        json!([
            {"clientId": "shop", "subjectType": "client", "permissions": ["write"]},
            {"clientId": "shop", "subjectType": "user", "permissions": ["read"]},
        ])
    );
    cli.run("api list").expect(0, &format!("{ORDERS}\tOrders\tread, write\n"), "");

    let open = cli.run(&format!("api grant {ORDERS} --metadata-clients --permission read"));
    open.expect_success();
    let shown = cli.run(&format!("api show {ORDERS} -o json")).json();
    assert_eq!(shown["allowCimdClients"], true);
    assert_eq!(shown["permissions"][0]["allowedForCimdClients"], true);
    cli.run(&format!("api revoke {ORDERS} --metadata-clients")).expect_success();
    cli.run(&format!("api revoke {ORDERS} --metadata-clients")).expect_failure(1);
    let shown = cli.run(&format!("api show {ORDERS} -o json")).json();
    assert_eq!(shown["permissions"][0]["allowedForCimdClients"], false);

    cli.run(&format!("api permission remove {ORDERS} write")).expect_success();
    let shown = cli.run(&format!("api show {ORDERS} -o json")).json();
    let left = json!([{"clientId": "shop", "subjectType": "user", "permissions": ["read"]}]);
    assert_eq!(shown["clients"], left, "whoever has no permission left has no access");
    cli.run(&format!("api revoke {ORDERS} shop")).expect_success();
    assert_eq!(cli.run(&format!("api show {ORDERS} -o json")).json()["clients"], json!([]));
    cli.run(&format!("api delete {ORDERS} --yes")).expect_success();
    cli.run("api list").expect(0, "", "");
    let kinds: Vec<_> = cli.audit_log();
    assert!(kinds.iter().any(|line| line == "API_DELETED cli -"), "{kinds:?}");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let cli = Cli::new();
    cli.run("client create spa --id spa --public --callback https://a.example.com/cb")
        .expect_success();
    cli.run(&format!("api create {ORDERS}")).expect_success();
    for (line, code) in [
        ("api create orders".to_owned(), 2),
        (format!("api create {ORDERS}"), 1),
        (format!("api permission add {ORDERS} openid"), 2),
        (format!("api permission add {ORDERS} \"a b\""), 2),
        ("api permission add https://order.example.com read".to_owned(), 1),
        (format!("api permission remove {ORDERS} read"), 1),
        (format!("api grant {ORDERS} spa --for client"), 1),
        (format!("api grant {ORDERS} spa --permission read"), 1),
        (format!("api grant {ORDERS} nobody"), 1),
        (format!("api grant {ORDERS}"), 2),
        (format!("api grant {ORDERS} spa --metadata-clients"), 2),
        (format!("api revoke {ORDERS} spa"), 1),
        (format!("api delete {ORDERS}"), 2),
        ("api delete https://order.example.com --yes".to_owned(), 1),
    ] {
        cli.run(&line).expect_failure(code);
    }
    for line in [
        format!("api create {ORDERS} --if-absent"),
        format!("api permission remove {ORDERS} read --if-present"),
        format!("api revoke {ORDERS} spa --if-present"),
        "api delete https://other.example.com --if-present".to_owned(),
    ] {
        cli.run(&line).expect_success();
    }
    let near = cli.run("api show https://order.example.com");
    near.refused(
        1,
        &[
            "error: there is no api \"https://order.example.com\"",
            &format!("hint: did you mean {ORDERS}?"),
        ],
    );
}
