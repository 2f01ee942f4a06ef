//! YAML as a tree of nodes with positions. Rejects ambiguous input and input that expands when it
//! is parsed: anchors, aliases, tags, several documents, duplicate keys.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::{
    fault::{DocumentFault, Position, quoted},
    indicators,
};

/// The maximum nesting depth of lists and mappings.
const MAX_DEPTH: usize = 16;

/// A node of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    pub at: Position,
    pub content: NodeContent,
}

/// The content of a node.
#[derive(Debug, Clone)]
pub enum NodeContent {
    List(Vec<Node>),
    Mapping(Vec<(MappingKey, Node)>),
    /// Nothing: `null`, `~`, or no value at all.
    Null,
    Flag(bool),
    /// A number in its source form.
    Number(String),
    Text(String),
}

/// The key of a mapping entry.
#[derive(Debug, Clone)]
pub struct MappingKey {
    pub at: Position,
    pub name: String,
}

impl NodeContent {
    /// The name of the node type, for messages.
    pub fn what(&self) -> &'static str {
        match self {
            Self::List(_) => "a list",
            Self::Mapping(_) => "a mapping",
            Self::Null => "nothing",
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
        }
    }
}

/// Parses a file with at most so many nodes.
pub fn parse(text: &str, max_nodes: usize) -> Result<Node, DocumentFault> {
    if let Some(at) = indicators::excess(text, max_nodes) {
        return Err(too_many(at, max_nodes));
    }
    let mut reader = Reader { parser: Parser::new_from_str(text), nodes: 0, max_nodes };
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::StreamEnd | Event::DocumentEnd, _) => {
                return Ok(Node { at: Position::START, content: NodeContent::Mapping(Vec::new()) });
            }
            (event, span) => {
                let root = reader.node(event, span, 0)?;
                reader.expect_end()?;
                return Ok(root);
            }
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    nodes: usize,
    max_nodes: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), DocumentFault> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, Span::default())),
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(DocumentFault::new(
                Position::of(*error.marker()),
                format!("not YAML: {}", error.info()),
            )),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, DocumentFault> {
        let at = Position::of(span.start);
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(DocumentFault::new(at, "nested too deeply"));
        }
        if self.nodes > self.max_nodes {
            return Err(too_many(at, self.max_nodes));
        }
        let content = match event {
            Event::Scalar(text, style, 0, None) => scalar(text.into_owned(), style),
            Event::SequenceStart(0, None) => NodeContent::List(self.list(depth)?),
            Event::MappingStart(0, None) => NodeContent::Mapping(self.mapping(depth)?),
            Event::Alias(_) => return Err(DocumentFault::new(at, "aliases are not supported")),
            _ => return Err(DocumentFault::new(at, "anchors and tags are not supported")),
        };
        Ok(Node { at, content })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, DocumentFault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<(MappingKey, Node)>, DocumentFault> {
        let mut entries: Vec<(MappingKey, Node)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(entries);
            }
            let at = Position::of(span.start);
            let Event::Scalar(name, _, 0, None) = event else {
                return Err(DocumentFault::new(at, "a key that is not a plain word"));
            };
            let name = name.into_owned();
            if !names.insert(name.clone()) {
                let message = format!("the key {} occurs twice", quoted(&name));
                return Err(DocumentFault::new(at, message));
            }
            let (event, span) = self.next()?;
            entries.push((MappingKey { at, name }, self.node(event, span, depth + 1)?));
        }
    }

    fn expect_end(&mut self) -> Result<(), DocumentFault> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (_, span) => {
                    let at = Position::of(span.start);
                    return Err(DocumentFault::new(at, "only one document is supported"));
                }
            }
        }
    }
}

fn too_many(at: Position, max_nodes: usize) -> DocumentFault {
    DocumentFault::new(at, format!("the document has more than {max_nodes} values"))
        .hint("divide it; pocketid apply takes larger ones than the REST API")
}

/// Resolves a scalar by the YAML core schema (YAML 1.2.2 §10.3.2).
fn scalar(text: String, style: ScalarStyle) -> NodeContent {
    if style != ScalarStyle::Plain {
        return NodeContent::Text(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => NodeContent::Null,
        "true" | "True" | "TRUE" => NodeContent::Flag(true),
        "false" | "False" | "FALSE" => NodeContent::Flag(false),
        word if is_number(word) => NodeContent::Number(text),
        _ => NodeContent::Text(text),
    }
}

/// Whether a plain scalar is a number rather than a text.
fn is_number(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let has_digit = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let radix = |prefix: &str, radix: u32| {
        word.strip_prefix(prefix)
            .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
    };
    has_digit && word.parse::<f64>().is_ok()
        || radix("0x", 16)
        || radix("0o", 8)
        || matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Node, DocumentFault> {
        super::parse(text, 1_000)
    }

    #[track_caller]
    fn fault(text: &str, line: usize, column: usize, message: &str) {
        let fault = parse(text).unwrap_err();
        assert_eq!((fault.at.line, fault.at.column), (line, column), "{fault:?}");
        assert!(fault.message.contains(message), "{fault:?}");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused_where_it_stands() {
        fault("a: 1\nb: 2\na: 3\n", 3, 1, "twice");
        fault("a: &x [1]\n", 1, 4, "anchor");
        fault("a: *x\n", 1, 4, "");
        fault("a: !!int 1\n", 1, 4, "tag");
        fault("a: 1\n---\nb: 2\n", 2, 1, "only one document");
        fault("? [a]\n: 1\n", 1, 3, "not a plain word");
        fault("a: [1\n", 2, 1, "not YAML");
        fault("a: \"b\n", 1, 4, "not YAML");
    }

    #[test]
    fn bombs_do_not_go_off() {
        let deep = "[".repeat(1_000);
        assert!(parse(&deep).unwrap_err().message.contains("recursion limit"));
        let deep = format!("{}{}", "[".repeat(20), "]".repeat(20));
        assert!(parse(&deep).unwrap_err().message.contains("deeply"));
        let deep: String = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(parse(&deep).unwrap_err().message.contains("deeply"));
        fault("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, 4, "anchor");
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        assert!(parse(&format!("[{}]", "1,".repeat(999))).is_ok());
        fault(&format!("[{}]", "1,".repeat(1_000)), 1, 2_000, "more than 1000 values");
    }

    #[test]
    fn a_fault_repeats_only_the_beginning_of_a_long_key() {
        let key = "é".repeat(1_000);
        let message = parse(&format!("? {key}\n: 1\n? {key}\n: 2\n")).unwrap_err().message;
        assert!(message.len() < 300 && message.contains("..."), "{message}");
    }

    #[test]
    fn words_mean_what_yaml_says() {
        let meaning = |text: &str| parse(text).unwrap().content.what();
        assert_eq!(meaning("yes"), "text");
        assert_eq!(meaning("true"), "true or false");
        assert_eq!(meaning("'true'"), "text");
        assert_eq!(meaning("1.5"), "a number");
        assert_eq!(meaning("0x1f"), "a number");
        assert_eq!(meaning("1.2.3"), "text");
        assert_eq!(meaning("~"), "nothing");
        assert_eq!(meaning(""), "a mapping");
    }
}
