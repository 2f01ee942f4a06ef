//! The compliance tester of the project scim2-cli, against a real server.

use std::process::Command;

use super::program::Program;
use crate::support::{
    django::python,
    op::TestOp,
    patience::{PATIENCE, run_within},
};

/// It creates users and groups with names in the form of ids. Every failure is a failure here, and so is
/// every skipped check.
#[test]
fn the_compliance_tester_finds_no_fault() {
    let op = TestOp::start();
    let program = Program::new(&op, "tester");
    let mut command = Command::new(python().with_file_name("scim2"));
    command.env("NO_COLOR", "1").args(["--url", &format!("{}/scim/v2", op.base_url())]);
    command.args(["--header", &format!("Authorization: Bearer {}", program.token)]);
    let ran = run_within(5 * PATIENCE, command.args(["test", "--verbose"]));
    let said = String::from_utf8_lossy(&ran.stdout);
    let results: Vec<_> =
        said.lines().filter(|line| line.starts_with(char::is_uppercase)).collect();
    let is_fine = |line: &&&str| line.starts_with("SUCCESS ") || line.starts_with("Performing ");
    let faults: Vec<_> = results.iter().filter(|line| !is_fine(line)).collect();
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(faults.is_empty() && ran.status.success(), "{said}{errors}");
    assert!(results.len() > 50, "{said}");
}
