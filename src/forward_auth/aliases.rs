//! Other names that applications read as the same header: PHP and CGI make `_` of each of these signs.

/// All names with one of the signs in the place of each hyphen.
pub(super) fn aliases(name: &str, signs: &[char]) -> Vec<String> {
    let mut parts = name.split('-');
    let mut found = vec![parts.next().unwrap_or_default().to_owned()];
    for part in parts {
        found = found
            .iter()
            .flat_map(|begun| signs.iter().map(move |sign| format!("{begun}{sign}{part}")))
            .collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::aliases;

    #[test]
    fn each_hyphen_has_each_sign() {
        assert_eq!(aliases("Remote-User", &['-', '_']), ["Remote-User", "Remote_User"]);
        assert_eq!(aliases("X-A-B", &['-', '_', '.']).len(), 9);
        assert_eq!(aliases("X", &['_']), ["X"]);
    }
}
