//! The statements of a list (`src/store/list/`): each order, each filter, and the search.

use super::{
    Kind, Statement,
    sources::{Source, Sources},
    tokens::{Token, close},
};

/// A definition of a list, read from its constant.
#[derive(Debug, Clone, Default)]
struct List {
    columns: String,
    from: String,
    condition: Option<String>,
    key: String,
    order: String,
    sortable: Vec<String>,
    filterable: Vec<(String, Kind)>,
    searched: Vec<String>,
}

/// The statements of each list of a file.
pub fn statements(sources: &Sources, source: &Source) -> Vec<Statement> {
    let tokens = &source.tokens;
    let is_list = |at: &usize| tokens[*at].is("List") && tokens[*at + 1].is("{");
    let starts = (1..tokens.len().saturating_sub(1)).filter(is_list);
    // Not the type itself, nor its functions.
    let starts = starts.filter(|at| tokens[at - 1].is("="));
    starts.flat_map(|at| read(sources, source, &tokens[at + 1..]).statements()).collect()
}

fn read(sources: &Sources, source: &Source, tokens: &[Token]) -> List {
    let mut list = List::default();
    let end = close(tokens, 0);
    let mut at = 1;
    while at < end {
        if tokens[at].is(".")
            && let Token::Word(base) = &tokens[at + 2]
        {
            // `..BASE` comes last, and what stands before it has priority.
            let base = source.constant(base).expect("a list of the same file");
            return List::over(list, read(sources, source, &base[1..]));
        }
        let Token::Word(field) = &tokens[at] else { panic!("no field of a list") };
        let length = length_of_value(&tokens[at + 2..end]);
        list.set(sources, source, field, &tokens[at + 2..at + 2 + length]);
        at += length + 3;
    }
    list
}

/// Up to the comma after it.
fn length_of_value(tokens: &[Token]) -> usize {
    let mut at = 0;
    while at < tokens.len() && !tokens[at].is(",") {
        let opens = ["(", "[", "{"].iter().any(|open| tokens[at].is(open));
        at = if opens { close(tokens, at) + 1 } else { at + 1 };
    }
    at
}

impl List {
    fn set(&mut self, sources: &Sources, source: &Source, field: &str, value: &[Token]) {
        let text = |value: &[Token]| {
            sources.text(source, value).unwrap_or_else(|| panic!("{}: {value:?}", source.path))
        };
        // A tuple is a name, an expression, and for filters the kind.
        let expression = |tuple: &[Token]| text(&tuple[2..]);
        match field {
            "columns" => self.columns = text(value),
            "from" => self.from = text(value),
            "condition" if value[0].is("None") => {}
            "condition" => self.condition = Some(text(value)),
            "key" => self.key = text(value),
            "order" => self.order = text(value),
            "sortable" => {
                let tuples = sources.tuples(source, value);
                self.sortable = tuples.into_iter().map(expression).collect();
            }
            "filterable" => {
                let kind = |tuple: &[Token]| match tuple.iter().rev().find(|it| !it.is(",")) {
                    Some(kind) if kind.is("Id") => Kind::Bytes,
                    Some(kind) if kind.is("Bool") => Kind::Integer,
                    _ => Kind::Text,
                };
                let tuples = sources.tuples(source, value).into_iter();
                self.filterable = tuples.map(|tuple| (expression(tuple), kind(tuple))).collect();
            }
            "searched" => {
                let texts = value.iter().filter_map(|token| match token {
                    Token::Text(text, _) => Some(text.clone()),
                    Token::Word(_) => None,
                });
                self.searched = texts.collect();
            }
            "changes" => {}
            field => panic!("this test does not know the field {field} of a list"),
        }
    }

    /// A list with the fields of `above` where it has them.
    fn over(above: Self, base: Self) -> Self {
        let either = |above: String, base: String| if above.is_empty() { base } else { above };
        Self {
            columns: either(above.columns, base.columns),
            from: either(above.from, base.from),
            condition: above.condition.or(base.condition),
            key: either(above.key, base.key),
            order: either(above.order, base.order),
            sortable: if above.sortable.is_empty() { base.sortable } else { above.sortable },
            filterable: if above.filterable.is_empty() {
                base.filterable
            } else {
                above.filterable
            },
            searched: if above.searched.is_empty() { base.searched } else { above.searched },
        }
    }

    fn statements(&self) -> Vec<Statement> {
        let Self { columns, from, key, order, .. } = self;
        let fixed = format!("{from} {}", self.condition.as_deref().unwrap_or_default());
        let next = super::highest_number(&fixed) + 1;
        let whole = |condition: Option<&str>| {
            let all = self.condition.as_deref().into_iter().chain(condition);
            let all: Vec<_> = all.collect();
            if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
        };
        let span = format!("LIMIT ?{next} OFFSET ?{}", next + 1);
        let mut made = Vec::new();
        let all = whole(None);
        let sorted = self.sortable.iter().map(|by| format!("{by} DESC, {key} DESC"));
        for order in [order.clone()].into_iter().chain(sorted) {
            let near = format!("SELECT {columns} FROM {from}{all} ORDER BY {order} {span}");
            let far = format!(
                "SELECT {columns} FROM {from} WHERE {key} IN \
                 (SELECT {key} FROM {from}{all} ORDER BY {order} {span}) ORDER BY {order}"
            );
            made.extend([near, far].map(|sql| Statement::of(sql, Vec::new())));
        }
        let filters = self.filterable.iter().map(|(sql, kind)| {
            (format!("{sql} IN (?{next}, ?{})", next + 1), vec![(next, *kind), (next + 1, *kind)])
        });
        let search = self.searched.iter().flat_map(|sql| {
            let ways =
                [format!("strpos({sql}, ?{next}) > 0"), format!("{sql} LIKE ?{next} ESCAPE '\\'")];
            ways.map(|condition| (condition, vec![(next, Kind::Text)]))
        });
        for (condition, kinds) in filters.chain(search) {
            let all = whole(Some(&condition));
            made.extend([
                Statement::of(format!("SELECT {columns} FROM {from}{all}"), kinds.clone()),
                Statement::of(format!("SELECT COUNT(*) FROM {from}{all}"), kinds),
            ]);
        }
        made
    }
}
