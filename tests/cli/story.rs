//! An evening at the terminal, from nothing to an accident and back, as a shell script.

use crate::support::cli::Cli;

#[test]
fn a_script_sets_up_wrecks_and_restores_an_installation() {
    let cli = Cli::on_the_engine_of_the_tests();

    let ran = cli.shell(include_str!("story.sh"));

    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.ends_with("All is well.\n"), "{}", ran.stdout);
}
