//! Reads filters, and the paths of PATCH operations, which may hold one (RFC 7644 §3.5.2, figure 7).

use super::{
    syntax::{Comparison, Literal, MAX_DEPTH, MAX_FILTER, MAX_TERMS, ScimFilter},
    tokens::{Token, fault, tokens},
};
use crate::scim::{AttributePath, ScimErrorType, ScimFault, attribute_path::is_name};

/// The path of a PATCH operation: `members[value eq "1"]`, `emails[type eq "work"].value`.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPath {
    /// The attribute.
    pub attribute: AttributePath,
    /// Which of its values are meant; all without a filter.
    pub filter: Option<ScimFilter>,
}

impl PatchPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, ScimFault> {
        let refused = || {
            let shown = ScimFault::shown(text);
            let detail = format!("The path {shown:?} cannot be read.");
            ScimFault::new(ScimErrorType::InvalidPath, detail)
        };
        if text.len() > MAX_FILTER {
            return Err(refused());
        }
        let Some((name, rest)) = text.split_once('[') else {
            let attribute = AttributePath::parse(text.trim()).ok_or_else(refused)?;
            return Ok(Self { attribute, filter: None });
        };
        let (inner, after) = rest.rsplit_once(']').ok_or_else(refused)?;
        let mut attribute = AttributePath::parse(name.trim()).ok_or_else(refused)?;
        let sub = match after.trim() {
            "" => None,
            after => Some(after.strip_prefix('.').filter(|sub| is_name(sub)).ok_or_else(refused)?),
        };
        if attribute.sub.is_some() {
            return Err(refused());
        }
        attribute.sub = sub.map(str::to_ascii_lowercase);
        Ok(Self { attribute, filter: Some(filter(inner)?) })
    }
}

impl ScimFilter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, ScimFault> {
        filter(text)
    }
}

fn filter(text: &str) -> Result<ScimFilter, ScimFault> {
    if text.len() > MAX_FILTER {
        return Err(fault("it is too long"));
    }
    let tokens = tokens(text)?;
    let mut reader = Reader { rest: &tokens, terms: 0 };
    let filter = reader.any_of(0)?;
    if reader.rest.is_empty() { Ok(filter) } else { Err(fault("something follows it")) }
}

struct Reader<'a> {
    rest: &'a [Token],
    terms: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.rest.first(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        if is_it {
            self.rest = &self.rest[1..];
        }
        is_it
    }

    fn take_mark(&mut self, mark: char) -> bool {
        let is_it = self.rest.first() == Some(&Token::Mark(mark));
        if is_it {
            self.rest = &self.rest[1..];
        }
        is_it
    }

    /// `a or b or c`
    fn any_of(&mut self, depth: usize) -> Result<ScimFilter, ScimFault> {
        if depth > MAX_DEPTH {
            return Err(fault("it is nested too deeply"));
        }
        let mut all = vec![self.all_of(depth)?];
        while self.take_word("or") {
            all.push(self.all_of(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { ScimFilter::Or(all) })
    }

    /// `a and b and c`, which binds closer than `or`.
    fn all_of(&mut self, depth: usize) -> Result<ScimFilter, ScimFault> {
        let mut all = vec![self.term(depth)?];
        while self.take_word("and") {
            all.push(self.term(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { ScimFilter::And(all) })
    }

    fn term(&mut self, depth: usize) -> Result<ScimFilter, ScimFault> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(fault("it has too many parts"));
        }
        if self.take_mark('(') {
            return self.until(')', depth);
        }
        if matches!(self.rest, [Token::Word(word), Token::Mark('('), ..] if word.eq_ignore_ascii_case("not"))
        {
            self.rest = &self.rest[2..];
            return Ok(ScimFilter::Not(Box::new(self.until(')', depth)?)));
        }
        let Some(Token::Word(name)) = self.next() else {
            return Err(fault("an attribute is missing"));
        };
        let path = AttributePath::parse(name).ok_or_else(|| fault("an attribute has no name"))?;
        if self.take_mark('[') {
            if path.sub.is_some() {
                return Err(fault("a sub-attribute has no values to choose from"));
            }
            return Ok(ScimFilter::Value(path, Box::new(self.until(']', depth)?)));
        }
        self.comparison(path)
    }

    fn until(&mut self, mark: char, depth: usize) -> Result<ScimFilter, ScimFault> {
        let inner = self.any_of(depth + 1)?;
        if self.take_mark(mark) { Ok(inner) } else { Err(fault("a bracket is not closed")) }
    }

    fn comparison(&mut self, path: AttributePath) -> Result<ScimFilter, ScimFault> {
        let Some(Token::Word(word)) = self.next() else {
            return Err(fault("a comparison is missing"));
        };
        let comparison = match word.to_ascii_lowercase().as_str() {
            "pr" => return Ok(ScimFilter::Present(path)),
            "co" => Comparison::Contains,
            "eq" => Comparison::Equal,
            "ew" => Comparison::EndsWith,
            "ge" => Comparison::GreaterOrEqual,
            "gt" => Comparison::Greater,
            "le" => Comparison::LessOrEqual,
            "lt" => Comparison::Less,
            "ne" => Comparison::NotEqual,
            "sw" => Comparison::StartsWith,
            _ => return Err(fault("a comparison is unknown")),
        };
        let literal = match self.next() {
            Some(Token::Text(text)) => Literal::Text(text.clone()),
            Some(Token::Word(word)) => literal(word)?,
            Some(Token::Mark(_)) | None => return Err(fault("a value is missing")),
        };
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        // RFC 7644 §3.4.2.2: other comparisons of Booleans fail.
        if !is_equality && matches!(literal, Literal::Flag(_) | Literal::Null) {
            return Err(fault("true, false and null are only compared with eq and ne"));
        }
        Ok(ScimFilter::Compare(path, comparison, literal))
    }
}

fn literal(word: &str) -> Result<Literal, ScimFault> {
    match word.to_ascii_lowercase().as_str() {
        "true" => Ok(Literal::Flag(true)),
        "false" => Ok(Literal::Flag(false)),
        "null" => Ok(Literal::Null),
        number => {
            let number = number.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(Literal::Number).ok_or_else(|| fault("a text has no quotes"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ScimFilter {
        filter(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
    }

    #[test]
    fn and_binds_closer_than_or_and_not_closest() {
        let nested = read(r#"a eq "1" or b pr and not (c eq true) or d sw "x""#);
        let explicit = read(r#"(a eq "1") or ((b pr) and (not (c eq true))) or (d sw "x")"#);
        assert_eq!(nested, explicit);
        assert_eq!(read(r#"(a eq "1")"#), read(r#"A EQ "1""#));
    }

    /// The examples of RFC 7644 §3.4.2.2.
    #[test]
    fn the_examples_of_the_standard_are_read() {
        for text in [
            r#"userName eq "bjensen""#,
            r#"name.familyName co "O'Malley""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
            "title pr",
            r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
            r#"title pr and userType eq "Employee""#,
            r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
            r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
            r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
            r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
            r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        ] {
            read(text);
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}a pr{}", "(".repeat(100_000), ")".repeat(100_000));
        let nested = format!("{}a pr{}", "(".repeat(30), ")".repeat(30));
        let nots = format!("{}a pr{}", "not (".repeat(30), ")".repeat(30));
        let many = format!("a pr{}", " and a pr".repeat(300));
        let long = format!("a eq \"{}\"", "x".repeat(9_000));
        for text in [
            "",
            " ",
            "(",
            ")",
            "()",
            "a",
            "a eq",
            "eq \"1\"",
            "a eq 1 2",
            "a eq \"1",
            "a eq \"\\x\"",
            "a eq one",
            "a xx \"1\"",
            "a pr and",
            "and a pr",
            "a pr b pr",
            "(a pr",
            "a pr)",
            "a[b pr",
            "a[]",
            "a.b[c pr]",
            "a gt true",
            "a co null",
            "not a pr",
            "a eq NaN",
            "a eq inf",
            "1 eq 1",
            "a eq (b)",
            "\"a\" eq 1",
            "a eq \u{0}",
            &deep,
            &nested,
            &nots,
            &many,
            &long,
        ] {
            let refused = filter(text).expect_err(text);
            assert_eq!(refused.kind, ScimErrorType::InvalidFilter, "{text}");
            assert!(refused.detail.len() < 200);
        }
    }

    #[test]
    fn a_path_may_choose_values() {
        let path = PatchPath::parse(r#"emails[type eq "work"].Value"#).unwrap();
        assert!(path.attribute.is("emails", Some("value")));
        assert_eq!(path.filter, Some(read(r#"type eq "work""#)));
        let path = PatchPath::parse(r#"members[value eq "a]b"]"#).unwrap();
        assert_eq!(path.filter, Some(read(r#"value eq "a]b""#)));
        for text in
            ["", "a[", "a]", "a[b pr]c", "a[b pr].", "a.b[c pr]", "[a pr]", "a b", "a[b pr].c.d"]
        {
            assert!(PatchPath::parse(text).is_err(), "{text}");
        }
    }
}
