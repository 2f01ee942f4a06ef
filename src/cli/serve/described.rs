//! The settings, in the help.

use std::fmt::Write as _;

use super::super::wrap;
use crate::settings::{SETTINGS, SettingLine};

/// The column of the descriptions.
const MARGIN: usize = 25;
const WIDTH: usize = 100;

/// Describes the settings of the environment.
pub fn settings() -> String {
    let intro =
        "Settings come from the environment, and from the file .env of the working directory:\n";
    SETTINGS.iter().fold(intro.to_owned(), |mut text, line| {
        write(&mut text, line);
        text
    })
}

fn write(text: &mut String, line: &SettingLine) {
    let names = line.names.join(", ");
    let mut described = line.meaning.to_owned();
    if !line.default.is_empty() {
        let default = format!(" [default: {}]", line.default);
        // A default stays in one piece.
        described += &default.replacen(": ", ":\u{a0}", 1);
    }
    let described = wrap::hanging(&described, MARGIN, WIDTH).replace('\u{a0}', " ");
    if names.len() + 3 > MARGIN {
        let _ = writeln!(text, "  {names}\n{:MARGIN$}{described}", "");
    } else {
        let _ = writeln!(text, "  {names:width$}{described}", width = MARGIN - 2);
    }
}
