//! `pocketid user asserted-subject list`

use serde::{Serialize, Serializer};

use super::super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, names::find_user,
    page::Page, report::Outcome,
};
use crate::{
    model::{AssertedSubject, Username, view::AssertedSubjectView},
    store::asserted_subjects,
};

const EXAMPLES: &str = "\
Examples:
  pocketid user asserted-subject list
  pocketid user asserted-subject list alice --output json
  pocketid user asserted-subject list --search login.example.org --limit 10

Off a terminal the columns are separated by tabs and have no header.";

/// List the users whom trusted issuers have named
///
/// The first accepted assertion (ID-JAG) about a user makes the issuer's subject stand for them. Since then the issuer
/// gets clients tokens of the user, as far as their groups allow. The subject is kept as a digest, and not shown.
/// --search looks at usernames and issuers.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those of this user: username, email or id
    #[arg(value_name = "USER")]
    name: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Subjects with the names of their users.
#[derive(Debug)]
pub struct SubjectList {
    subjects: Vec<AssertedSubject>,
    /// The user whose subjects these are, if only those were asked for.
    of: Option<Username>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<SubjectList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let user = self.name.as_deref().map(|name| find_user(tx, name)).transpose()?;
            let id = user.as_ref().map(|user| user.id);
            let query = self.listing.query().only("userId", id);
            let subjects = asserted_subjects::first(tx, &query)?;
            let of = user.map(|user| user.username);
            Ok(SubjectList { subjects, of, is_searched: self.listing.is_search() })
        })
    }
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    username: &'a Username,
    #[serde(flatten)]
    subject: AssertedSubjectView,
}

impl Serialize for SubjectList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.subjects.iter().map(|subject| Row {
            username: &subject.username,
            subject: AssertedSubjectView::of(subject),
        }))
    }
}

impl Outcome for SubjectList {
    fn write_text(&self, page: &mut Page) {
        if self.subjects.is_empty() {
            return page.remark(match &self.of {
                _ if self.is_searched => {
                    "No subject has this text in its username or issuer.".to_owned()
                }
                Some(username) => format!("No trusted issuer has named {username}."),
                None => "No trusted issuer has named a user yet.".to_owned(),
            });
        }
        let rows = self.subjects.iter().map(|subject| {
            [
                subject.username.to_string(),
                subject.issuer.clone(),
                subject.jwks_url.clone(),
                page.moment_cell(subject.created_at),
                subject.id.to_string(),
            ]
        });
        let header = [
            TableColumn::text("USERNAME"),
            TableColumn::text("ISSUER"),
            TableColumn::text("KEYS").of_importance(1),
            TableColumn::whole("SINCE").of_importance(3),
            TableColumn::whole("ID").of_importance(2),
        ];
        page.table(header, rows.collect());
    }
}
