//! Parts that several pages of the settings share.

use crate::{
    model::{CustomClaim, Group, Timestamp},
    server::{
        App,
        pages::{Badge, Layout, Pick, Question, RowAction, TableCell, Tone},
    },
    store::{StoreError, groups},
};

/// The button that deletes something, after a question.
pub(super) fn delete_action(
    layout: &Layout,
    name: &str,
    send: String,
    text: &'static str,
) -> RowAction {
    RowAction {
        label: layout.t("delete").to_owned(),
        name: layout.with("delete_label", "name", name),
        send,
        ask: Some(Question {
            title: layout.with("delete_question", "name", name),
            text: layout.t(text).to_owned(),
        }),
        said: layout.with("deleted", "name", name),
        is_dangerous: true,
        ..RowAction::default()
    }
}

/// Names and values of claims.
pub(super) fn pairs(claims: Vec<CustomClaim>) -> Vec<(String, String)> {
    claims.into_iter().map(|claim| (claim.name.to_string(), claim.value.to_string())).collect()
}

/// A cell with one badge.
pub(super) fn badge(text: impl Into<String>, tone: Tone) -> TableCell {
    TableCell::Badges(vec![Badge { text: text.into(), tone }])
}

/// A date that many days from now, as the REST API takes it.
pub(super) fn in_days(now: Timestamp, days: i64) -> String {
    now.plus(days * 86_400).to_string()
}

/// All groups, to pick from.
pub(super) async fn all_groups(app: &App) -> Result<Vec<Pick>, StoreError> {
    let groups = app.store().read(groups::all).await?;
    Ok(groups.iter().map(pick_group).collect())
}

/// A group to pick.
pub(super) fn pick_group(group: &Group) -> Pick {
    Pick {
        value: group.id.to_string(),
        label: group.friendly_name.to_string(),
        detail: group.name.to_string(),
        is_picked: false,
        is_fixed: false,
    }
}

/// The cell that says where an account or a group comes from.
pub(super) fn source(layout: &Layout, is_of_directory: bool) -> TableCell {
    let key = if is_of_directory { "users.of_directory" } else { "users.made_here" };
    TableCell::Text(layout.t(key).to_owned())
}
