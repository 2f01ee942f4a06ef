//! The file `.env` in the working directory.

use std::{collections::BTreeMap, io::ErrorKind};

use super::{
    bounded_file::read_bounded,
    fault::{Faults, SettingFault},
};

/// The file name, also used as the name of its faults.
const NAME: &str = ".env";

/// Reads the variables of the file; none if it does not exist.
pub(super) fn read() -> Result<BTreeMap<String, String>, Faults> {
    match read_bounded(NAME) {
        Ok(bytes) => parse(&bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => {
            let hint = "let this user read the file .env in the working directory, or remove it";
            Err(SettingFault::new(NAME, format!("cannot be read: {error}"), hint).into())
        }
    }
}

/// Parses all lines. A fault names the line and the variable only: the value may be a secret.
fn parse(bytes: &[u8]) -> Result<BTreeMap<String, String>, Faults> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        SettingFault::new(
            NAME,
            format!("is not UTF-8 text: see line {line}"),
            "save the file in UTF-8",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut variables = BTreeMap::new();
    let mut faults = Faults::default();
    // The parser continues after a broken line, so every broken line is found.
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        match entry {
            Ok((name, value)) => drop(variables.insert(name, value)),
            Err(dotenvy::Error::LineParse(broken, _)) => {
                faults.extend([broken_line(text, &broken)]);
            }
            Err(_) => {
                let hint = "write each setting as NAME=value";
                faults.extend([SettingFault::new(
                    NAME,
                    "cannot be read as lines of NAME=value",
                    hint,
                )]);
            }
        }
    }
    faults.or(variables)
}

/// Finds the line of a parse error. The parser returns only a part of the line, so this parses
/// again from each line until the same error comes first.
fn broken_line(text: &str, broken: &str) -> SettingFault {
    let mut offset = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        offset += line.len();
        (line.trim(), &text[offset - line.len()..])
    });
    let is_it = |(line, rest): (&str, &str)| {
        let is_entry = !line.is_empty() && !line.starts_with('#');
        let first = is_entry.then(|| dotenvy::from_read_iter(rest.as_bytes()).next()).flatten();
        matches!(first, Some(Err(dotenvy::Error::LineParse(found, _))) if found == broken)
    };
    let position = lines.position(is_it).unwrap_or_default();
    let entry = text.lines().nth(position).unwrap_or_default().trim();
    let name = entry.strip_prefix("export ").unwrap_or(entry).trim_start();
    let name = name.split_once('=').map_or("", |(name, _)| name.trim_end());
    let line = position + 1;
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if is_name(name) {
        return SettingFault::new(
            NAME,
            format!("has a broken line {line}: the value of {name} cannot be read"),
            format!("write it in single quotes, as in {name}='value with spaces'"),
        );
    }
    let fault = format!("has a broken line {line}: it is not NAME=value");
    SettingFault::new(NAME, fault, "correct the line, or put # in front of it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &[u8]) -> Vec<String> {
        let faults = parse(text).err();
        faults.iter().flat_map(Faults::iter).map(|fault| fault.fault.clone()).collect()
    }

    #[test]
    fn the_line_of_each_fault_is_named() {
        let text = b"# settings\nAPP_URL=https://id.example.com\n\nBACKUP_SCHEDULE=* * * * *\n\
                     hunter2\nexport SMTP_PASSWORD=hunter2 hunter2\nPORT=80\n";
        assert_eq!(
            faults(text),
            [
                "has a broken line 4: the value of BACKUP_SCHEDULE cannot be read",
                "has a broken line 5: it is not NAME=value",
                "has a broken line 6: the value of SMTP_PASSWORD cannot be read",
            ]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_where_it_opens() {
        assert_eq!(
            faults(b"PORT=80\r\nAPP_NAME=\"Home\r\nLOG_LEVEL=info\r\n"),
            ["has a broken line 2: the value of APP_NAME cannot be read"]
        );
        assert_eq!(faults(b"A=1\nB=\xff\n"), ["is not UTF-8 text: see line 2"]);
    }

    #[test]
    fn what_is_right_is_read() {
        let read = parse("\u{feff}A=1\nB='* * * * *' # daily\nexport C=\"x y\"\n".as_bytes());
        let read: Vec<_> = read.unwrap().into_iter().collect();
        let expected = [("A", "1"), ("B", "* * * * *"), ("C", "x y")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
