//! Panics: reported as bugs of this program, with their own exit code.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use super::{
    error::{CliError, Kind},
    report,
};

/// Runs the program. A panic ends it with a request to report the bug.
///
/// The panic hook itself must not panic, since that would abort a running server: the log accepts
/// every line without failing (`log_queue.rs`), and `report` ignores output errors.
pub fn catch(program: impl FnOnce() -> ExitCode) -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {at}"));
        let payload = panic.payload();
        let what = payload.downcast_ref::<&str>().copied();
        let what = what.or(payload.downcast_ref::<String>().map(String::as_str));
        let what = what.unwrap_or("no reason given");
        // A server continues after a failed request, so its panic goes to the log.
        if tracing::enabled!(tracing::Level::ERROR) {
            tracing::error!(panic = what, place, "a bug in this program");
        } else {
            report::plain_error(&bug(what, &place));
        }
    }));
    catch_unwind(AssertUnwindSafe(program)).unwrap_or_else(|_told| bug("", "").exit_code())
}

fn bug(what: &str, place: &str) -> CliError {
    CliError::new(Kind::Bug, format!("this is a bug in pocketid: {what}{place}")).hint(format!(
        "please report it with the command that you ran and the version, {}",
        env!("CARGO_PKG_VERSION")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_the_program_as_a_bug() {
        let code = catch(|| panic!("this is a test"));
        // Restores the default hook, so that later failing tests are reported normally.
        drop(std::panic::take_hook());
        assert_eq!(code, ExitCode::from(70));
    }

    #[test]
    fn a_bug_is_told_with_what_a_report_needs() {
        let error = bug("index out of bounds", " at src/x.rs:1:2");
        let problem = &error.problems()[0];
        assert_eq!(
            problem.message,
            "this is a bug in pocketid: index out of bounds at src/x.rs:1:2"
        );
        assert!(problem.hints[0].contains(env!("CARGO_PKG_VERSION")));
    }
}
