//! `/settings/admin/signing-keys`

use super::{
    enter::{Visit, answer},
    words::badge,
};
use crate::{
    model::view::SigningKeyView,
    operations::signing_keys,
    server::{
        browse::{Page, time},
        http::Request,
        pages::{
            Heading, Layout, PageColumn, PageTable, SigningKeysPage, TableAddress, TableCell,
            TableRow, Tone,
        },
    },
};

const PATH: &str = "/settings/admin/signing-keys";
const COLUMNS: &[PageColumn] = &[
    PageColumn::plain("keys.kid"),
    PageColumn::plain("keys.algorithm"),
    PageColumn::plain("users.status"),
    PageColumn::plain("table.created"),
    PageColumn::plain("keys.until"),
];

/// `GET /settings/admin/signing-keys`
pub(super) async fn show(req: Request) -> Page {
    let Visit { req, layout, frame } = Visit::of_admin(req, PATH).await?;
    let now = req.head.now;
    let keys = req.app.store().read(move |tx| signing_keys::list(tx, now)).await?;
    let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let table = PageTable {
        name: "signing-keys",
        choices: vec![],
        columns: COLUMNS.to_vec(),
        rows: keys.iter().map(|key| row(&layout, key)).collect(),
        filters: vec![],
        address: TableAddress::new(PATH, ""),
        is_searchable: false,
        total: count,
        page: 1,
        pages: 1,
        limit: count,
        empty: "table.empty",
    };
    let heading = Heading::of(&layout, "nav.signing_keys", "keys.about");
    answer(&SigningKeysPage { heading, table, layout, frame })
}

fn row(layout: &Layout, key: &SigningKeyView) -> TableRow {
    let status = if key.published_until.is_none() {
        badge(layout.t("keys.current"), Tone::Good)
    } else {
        badge(layout.t("keys.retiring"), Tone::Plain)
    };
    TableRow {
        cells: vec![
            TableCell::Code(key.kid.clone()),
            TableCell::Text(key.alg.as_str().to_owned()),
            status,
            TableCell::Time(Some(time(key.created_at))),
            key.published_until.map_or_else(
                || TableCell::Text("\u{2013}".to_owned()),
                |until| TableCell::Time(Some(time(until))),
            ),
        ],
        ..TableRow::default()
    }
}
