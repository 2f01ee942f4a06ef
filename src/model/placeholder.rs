//! Placeholders that a shell, Compose or a template should have replaced, but did not.

/// Whether a text contains a placeholder: `${NAME}`, `$NAME`, `$(command)` or `{{ name }}`.
pub fn is_somewhere_in(text: &str) -> bool {
    let begins_one =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c));
    text.contains("{{") || text.split('$').skip(1).any(begins_one)
}

/// Whether a text is only a placeholder. A password may contain a dollar sign.
pub fn is_all_of(text: &str) -> bool {
    let text = text.trim();
    let is_in = |start: &str, end: &str| text.starts_with(start) && text.ends_with(end);
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    is_in("${", "}")
        || is_in("$(", ")")
        || is_in("{{", "}}")
        || text.strip_prefix('$').is_some_and(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_replaced_is_told_from_text_with_a_dollar_sign() {
        for text in ["${NAME}", "$NAME", "$(cat /run/secrets/key)", "{{ vault.key }}", " ${A:-b} "]
        {
            assert!(is_all_of(text) && is_somewhere_in(text), "{text}");
        }
        for text in ["/srv/${NAME}.db", "data/$name.db", "/srv/{{ name }}/x.db"] {
            assert!(!is_all_of(text) && is_somewhere_in(text), "{text}");
        }
        for text in ["", "$", "data/x.db", "/srv/5$/x.db", "$1.db", "a$"] {
            assert!(!is_all_of(text) && !is_somewhere_in(text), "{text}");
        }
        assert!(!is_all_of("$ecret of mine, and $NAME"));
    }
}
