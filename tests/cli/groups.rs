//! `pocketid group`

use serde_json::json;

use crate::support::cli::Cli;

#[test]
fn a_group_is_made_and_filled() {
    let cli = Cli::new();
    cli.run("user add alice --email alice@example.com").expect_success();
    cli.run("user add bob").expect_success();

    let created = cli.run_args(&["group", "create", "staff", "--friendly-name", "Our staff"]);
    created.expect(
        0,
        "Name\tstaff\nFriendly name\tOur staff\nMembers\tnone\nCreated\tTIME\nID\tID\n",
        "",
    );

    let assigned = cli.run("group assign staff bob alice@example.com");
    assigned.expect(
        0,
        "Name\tstaff\nFriendly name\tOur staff\nMembers\talice, bob\nCreated\tTIME\nID\tID\n",
        "",
    );
    cli.run("group list").expect(0, "staff\tOur staff\t2\n", "");
    assert_eq!(
        cli.audit_log(),
        [
            "ACCOUNT_CREATED cli alice",
            "ACCOUNT_CREATED cli bob",
            "GROUP_CREATED cli -",
            "GROUP_MEMBERS_ADDED cli alice",
            "GROUP_MEMBERS_ADDED cli bob",
        ]
    );
}

#[test]
fn json_has_the_fields_of_the_rest_api() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group add staff").expect_success();

    let assigned = cli.run("group assign staff alice -o json").json();

    let alice = json!({
        "id": "ID", "username": "alice", "email": null, "emailVerified": false, "firstName": "",
        "lastName": "", "displayName": "", "isAdmin": false, "locale": null, "customClaims": [],
        "userGroups": [], "ldapId": null, "disabled": false,
    });
    let staff = json!({
        "id": "ID", "friendlyName": "staff", "name": "staff", "customClaims": [], "ldapId": null,
        "createdAt": "TIME", "users": [alice],
    });
    assert_eq!(assigned, staff);
    let listed = json!([{
        "id": "ID", "friendlyName": "staff", "name": "staff", "customClaims": [], "ldapId": null,
        "createdAt": "TIME", "userCount": 1,
    }]);
    assert_eq!(cli.run("group list -o json").json(), listed);
}

#[test]
fn who_is_in_the_group_stays_in_it() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();
    cli.run("group assign staff alice").expect_success();

    let again = cli.run("group assign staff alice");

    assert_eq!((again.code, again.stderr.as_str()), (Some(0), "alice was in staff already.\n"));
    let added = |event: &&String| event.starts_with("GROUP_MEMBERS_ADDED");
    assert_eq!(cli.audit_log().iter().filter(added).count(), 1);
}

#[test]
fn one_wrong_name_and_nobody_is_assigned() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("group create staff").expect_success();

    cli.run("group assign staff alice bobby").refused(
        1,
        &["error: there is no user \"bobby\"", "hint: to see all of them: pocketid user list"],
    );
    cli.run("group assign staf alice")
        .refused(1, &["error: there is no group \"staf\"", "hint: did you mean staff?"]);

    cli.run("group list").expect(0, "staff\tstaff\t0\n", "");
}

#[test]
fn a_group_of_that_name_is_refused_or_with_if_absent_left_alone() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();

    cli.run("group create staff --friendly-name Other").refused(
        1,
        &[
            "error: there is a group staff already",
            "hint: choose another name, or add --if-absent to leave it as it is",
        ],
    );
    cli.run("group create staff --friendly-name Other --if-absent").expect(
        0,
        "Name\tstaff\nFriendly name\tstaff\nMembers\tnone\nCreated\tTIME\nID\tID\n",
        "There is a group staff already; nothing was changed.\n",
    );
}

#[test]
fn a_name_too_long_to_be_shown_wants_a_friendly_one() {
    let cli = Cli::new();
    let name = "n".repeat(51);

    cli.run(&format!("group create {name}")).refused(
        2,
        &[
            "error: the name that people see must be at most 50 characters long",
            "hint: give a shorter one with --friendly-name",
        ],
    );
    cli.run(&format!("group create {name} --friendly-name N")).expect_failure(2);
    cli.run(&format!("group create {name} --friendly-name Nn")).expect_success();
}
