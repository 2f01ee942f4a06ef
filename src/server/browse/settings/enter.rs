//! Access to the pages of the settings.

use crate::{
    model::User,
    server::{
        browse::{Page, require_set_up},
        failure::{AnsweredCaller, PageError, render},
        http::{ApiError, Authorised, Request, request::SignedIn},
        pages::{
            ColumnChoice, LIMIT, LIMITS, Layout, PageColumn, PageFrame, PageTable, SignedInPerson,
            TableAddress, TableColumns, TableFilter, TableRow, only,
        },
    },
    store::{
        StoreError, Tx,
        list::{ListPage, ListQuery},
    },
};

/// The page for users without the rights of an administrator.
const OWN_ACCOUNT: &str = "/settings/account";

/// A visit of a signed-in user to a page of the settings.
pub(super) struct Visit {
    pub(super) req: Authorised<SignedIn>,
    pub(super) layout: Layout,
    pub(super) frame: PageFrame,
}

impl Visit {
    /// Lets in every signed-in user. `here` is the entry of the navigation.
    pub(super) async fn of_user(req: Request, here: &'static str) -> Result<Self, PageError> {
        let req = req.find_user().await?;
        let (app, path) = (req.app.clone(), req.head.path_and_query());
        let Some(req) = req.signed_in() else {
            require_set_up(&app).await?;
            return Err(PageError::sign_in(&path));
        };
        let layout = AnsweredCaller::of(&req.head).layout(&req.app, Some(&req.who.user));
        let frame = PageFrame { person: person(&req.who.user), here };
        Ok(Self { req, layout, frame })
    }

    /// Lets in administrators. Others are led to their own account.
    pub(super) async fn of_admin(req: Request, here: &'static str) -> Result<Self, PageError> {
        let visit = Self::of_user(req, here).await?;
        if visit.req.who.user.is_admin { Ok(visit) } else { Err(PageError::elsewhere(OWN_ACCOUNT)) }
    }
}

impl Visit {
    /// Reads a page of a list, as the address says, and as this browser remembers.
    pub(super) async fn page<T, E>(
        &self,
        read: impl Fn(&mut Tx<'_>, &ListQuery) -> Result<T, E> + Send + 'static,
    ) -> Result<T, PageError>
    where
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        let rows = self.remembered_rows();
        let page = self.req.page(move |tx, query| match rows {
            Some(limit) => read(tx, &ListQuery { limit, ..query.clone() }),
            None => read(tx, query),
        });
        Ok(page.await?)
    }

    /// The number of rows that this browser remembers, unless the address says another one.
    fn remembered_rows(&self) -> Option<i64> {
        if self.req.head.query_value(LIMIT).is_some() {
            return None;
        }
        let rows = self.req.head.preference("rows")?.parse().ok()?;
        LIMITS.contains(&rows).then_some(rows)
    }

    /// Builds the table of a page of a list.
    pub(super) fn table<T>(
        &self,
        page: &ListPage<T>,
        columns: TableColumns,
        row: impl FnMut(&T) -> TableRow,
    ) -> PageTable {
        let cookie = format!("columns-{}", columns.name);
        let shown = columns.shown(self.req.head.preference(&cookie));
        let choice = |(column, is_shown): (&PageColumn, &bool)| ColumnChoice {
            label: column.label,
            is_shown: *is_shown,
        };
        PageTable {
            name: columns.name,
            choices: columns.all.iter().zip(&shown).map(choice).collect(),
            columns: only(columns.all.to_vec(), &shown),
            rows: page.items.iter().map(row).map(|row| row.narrowed(&shown)).collect(),
            filters: Vec::new(),
            address: TableAddress::new(&self.req.head.path, &self.req.head.query),
            is_searchable: true,
            total: page.total,
            page: page.page,
            pages: page.pages(),
            limit: page.limit,
            empty: "table.empty",
        }
    }

    /// A filter with these values, each with the key of its text.
    pub(super) fn filter(
        &self,
        table: &PageTable,
        name: &'static str,
        label: &'static str,
        choices: &[(&str, &str)],
    ) -> TableFilter {
        let text =
            |(value, key): &(&str, &str)| ((*value).to_owned(), self.layout.t(key).to_owned());
        table.filter(name, label, choices.iter().map(text).collect())
    }

    /// The value of `?tab=`.
    pub(super) fn asked_tab(&self) -> Option<String> {
        self.req.head.query_value("tab")
    }
}

fn person(user: &User) -> SignedInPerson {
    SignedInPerson {
        id: user.id.to_string(),
        name: user.shown_name(),
        detail: user.email.as_ref().map_or_else(|| user.username.to_string(), ToString::to_string),
        is_admin: user.is_admin,
    }
}

/// Answers with a page.
pub(super) fn answer(page: &impl askama::Template) -> Page {
    Ok(render(page).compressible())
}
