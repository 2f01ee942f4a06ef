//! Every command in a hint is one that this program has: the hints in the sources, and those of the transcripts.

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    use clap::error::ErrorKind;

    use super::super::args::command;

    /// Stands for what a format string puts in.
    const FILLED_IN: &str = "x1";

    /// These are put together: with any options, and with the line that was typed.
    const PUT_TOGETHER: [&str; 2] = ["pocketid import x1 x1", "pocketid x1"];

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }

    /// The string literals of a source, as they are printed.
    fn literals(source: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut rest = source;
        while let Some(at) = rest.find(['"', '/', '\'']) {
            let (start, after) = (&rest[at..], &rest[at + 1..]);
            if start.starts_with("//") {
                rest = start.split_once('\n').map_or("", |(_, next)| next);
            } else if start.starts_with("'\"'") || start.starts_with("'\\") {
                rest = &start[3..];
            } else if start.starts_with('"') {
                let (literal, next) = literal(after);
                found.push(literal);
                rest = next;
            } else {
                rest = after;
            }
        }
        found
    }

    /// A literal after its opening quote, and what follows it.
    fn literal(after: &str) -> (String, &str) {
        let mut text = String::new();
        let mut rest = after.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            match c {
                '"' => return (text, &after[at + 1..]),
                '\\' => match rest.next() {
                    Some((_, '\n')) => while rest.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, c)) => text.push(c),
                    None => {}
                },
                '{' if rest.next_if(|(_, c)| *c == '{').is_some() => text.push('{'),
                '{' => {
                    while rest.next_if(|(_, c)| *c != '}').is_some() {}
                    rest.next();
                    text.push_str(FILLED_IN);
                }
                '}' => {
                    rest.next_if(|(_, c)| *c == '}');
                    text.push('}');
                }
                c => text.push(c),
            }
        }
        (text, "")
    }

    /// The commands in a text: each begins it, or follows a colon or a backtick, and ends where the sentence goes on.
    fn commands(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("pocketid ") {
            let (before, start) = rest.split_at(at);
            let is_command = before.is_empty() || before.ends_with(": ") || before.ends_with('`');
            let ends = ["; ", ", ", " (", "`", "\n", ". ", "? "];
            let end = ends.iter().filter_map(|end| start.find(end)).min().unwrap_or(start.len());
            if is_command {
                found.push(start[..end].trim_end_matches('.').to_owned());
            }
            rest = &start["pocketid ".len()..];
        }
        found
    }

    /// Why a command is not understood. Values are not looked at: they stand for others.
    fn fault(line: &str) -> Option<String> {
        let words = line.split_whitespace().map(|word| word.trim_matches('\''));
        let error = command().try_get_matches_from(words).err()?;
        match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::InvalidValue
            | ErrorKind::ValueValidation => None,
            _ => Some(error.to_string().lines().next().unwrap_or_default().to_owned()),
        }
    }

    #[test]
    fn each_command_in_a_hint_is_understood() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in ["src/cli", "src/doctor", "src/encryption_key", "src/settings"] {
            sources(&root.join(folder), &mut files);
        }
        // The words of the man pages and of the reference.
        let pages = root.join("src/cli/generate");
        let mut texts: Vec<(String, String)> = Vec::new();
        for file in
            files.iter().filter(|file| !file.ends_with("hints.rs") && !file.starts_with(&pages))
        {
            let source = fs::read_to_string(file).expect("a source");
            // The model of the command line speaks in comments; tests speak of anything.
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            let name =
                file.strip_prefix(root).expect("a path below the root").display().to_string();
            // Examples are run by other tests, and a usage is not a command.
            let is_other =
                |text: &String| text.starts_with("Examples:") || text.contains("[OPTIONS]");
            let literals = literals(source).into_iter().filter(|text| !is_other(text));
            texts.extend(literals.map(|text| (name.clone(), text)));
        }
        for entry in fs::read_dir(root.join("tests/cli/transcripts")).expect("the transcripts") {
            let path = entry.expect("an entry").path();
            let transcript = fs::read_to_string(&path).expect("a transcript");
            let hints = transcript.lines().filter_map(|line| line.strip_prefix("2> hint: "));
            let hints = hints.filter(|hint| !hint.starts_with("usage: "));
            let name = path.display().to_string();
            texts.extend(hints.map(|hint| (name.clone(), hint.to_owned())));
        }

        let mut count = 0;
        let mut faults = Vec::new();
        for (file, text) in &texts {
            for line in commands(text).iter().filter(|line| !PUT_TOGETHER.contains(&line.as_str()))
            {
                count += 1;
                faults.extend(fault(line).map(|fault| format!("{file}: {line}: {fault}")));
            }
        }

        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(count > 150, "only {count} commands were found");
    }

    #[test]
    fn a_command_is_found_in_its_sentence() {
        let text =
            "to list them: pocketid user list; or pocketid is on: see `pocketid man x`. Or so";
        assert_eq!(commands(text), ["pocketid user list", "pocketid man x"]);
        assert!(fault("pocketid protected host list").is_some());
        assert!(fault("pocketid service update ci").is_some(), "nothing to change");
        assert!(fault("pocketid protect show x --proxy caddy").is_none());
    }
}
