//! The options of lists, and the printing of long lists.

use super::{
    context::Context, error::CliError, globals::Output, printable, report::Outcome, typed,
};
use crate::store::{
    StoreError,
    list::{ListPage, ListQuery, MAX_PAGE},
};

/// The options of a list.
#[derive(Debug, clap::Args)]
pub struct Listing {
    /// Only those that contain this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The first of them only
    #[arg(long, value_name = "NUMBER", value_parser = parse_limit)]
    limit: Option<u32>,
}

fn parse_limit(text: &str) -> Result<u32, String> {
    typed::number(text, 1..=u32::MAX)
}

impl Listing {
    /// Whether a text is searched for.
    pub fn is_search(&self) -> bool {
        !self.search().is_empty()
    }

    /// The searched text; empty if there is none.
    pub fn search(&self) -> &str {
        self.search.as_deref().unwrap_or_default()
    }

    /// The maximum number of entries.
    pub fn limit(&self) -> usize {
        self.limit.map_or(usize::MAX, |limit| limit as usize)
    }

    /// The options for a list that is read in one statement.
    pub fn query(&self) -> ListQuery {
        ListQuery {
            limit: self.limit.map_or(i64::MAX, i64::from),
            search: self.search.clone(),
            ..ListQuery::default()
        }
    }

    /// The entries that are meant, of a list that is read as a whole; `texts` are those that are searched.
    pub fn pick<T>(&self, mut all: Vec<T>, texts: impl Fn(&T) -> Vec<String>) -> Vec<T> {
        let wanted = self.search().to_lowercase();
        let has = |one: &T| texts(one).iter().any(|text| text.to_lowercase().contains(&wanted));
        if self.is_search() {
            all.retain(has);
        }
        all.truncate(self.limit());
        all
    }

    /// Reads the entries page by page, sorted by name.
    pub fn read<T>(
        &self,
        mut page: impl FnMut(&ListQuery) -> Result<ListPage<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut query = ListQuery {
            limit: MAX_PAGE,
            sort: Some("name".into()),
            search: self.search.clone(),
            ..ListQuery::default()
        };
        let mut found = Vec::new();
        loop {
            let page = page(&query)?;
            let is_last = page.page >= page.pages();
            found.extend(page.items);
            if is_last || found.len() >= self.limit() {
                found.truncate(self.limit());
                return Ok(found);
            }
            query.page += 1;
        }
    }
}

/// A list that can be printed in parts. Its JSON form is an array.
pub trait Parts: Outcome + Default {
    /// Adds the entries of the next part.
    fn append(&mut self, next: Self);
}

/// Prints a list while it is read. A table on a terminal needs all entries for the widths of its columns; otherwise
/// only one part is in memory.
pub fn print<L: Parts>(
    ctx: &Context,
    mut next: impl FnMut() -> Result<Option<L>, CliError>,
) -> Result<(), CliError> {
    let report = ctx.report();
    if report.draws_tables() {
        let mut all = L::default();
        while let Some(part) = next()? {
            all.append(part);
        }
        return report.result(&all);
    }
    if report.output() != Output::Json {
        while let Some(part) = next()? {
            report.result(&part)?;
        }
        return Ok(());
    }
    let mut is_empty = true;
    while let Some(part) = next()? {
        let json = serde_json::to_string_pretty(&part).expect("results are plain trees");
        let entries = json.strip_prefix("[\n").and_then(|json| json.strip_suffix("\n]"));
        let Some(entries) = entries else { continue };
        let before = if is_empty { "[\n" } else { ",\n" };
        is_empty = false;
        if !report.stream(&format!("{before}{}", printable::json(entries)))? {
            return Ok(());
        }
    }
    report.text(if is_empty { "[]\n" } else { "\n]\n" })
}
