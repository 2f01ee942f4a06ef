//! The columns of a table, and how they fit into the width of a terminal.

/// The gap between two columns.
pub const GAP: usize = 2;
/// A column of texts is not truncated below this width; others are dropped first.
const SMALLEST: usize = 12;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct TableColumn<'a> {
    /// The header.
    pub name: &'a str,
    /// Whether its values are useless in part, such as ids and times.
    is_whole: bool,
    /// Its importance, if the table can do without it.
    importance: Option<u8>,
}

impl<'a> TableColumn<'a> {
    /// A column of texts, which are truncated where there is no room for them.
    pub const fn text(name: &'a str) -> Self {
        Self { name, is_whole: false, importance: None }
    }

    /// A column of values that are never truncated, such as ids, times and event names.
    pub const fn whole(name: &'a str) -> Self {
        Self { name, is_whole: true, importance: None }
    }

    /// The same column for tables that can do without it. The least important one is dropped first.
    pub const fn of_importance(self, importance: u8) -> Self {
        Self { importance: Some(importance), ..self }
    }
}

/// A column that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitted {
    /// Its position among all columns.
    pub index: usize,
    /// Its width without the gap.
    pub width: usize,
}

/// Truncates and drops columns until they fit into `width`. `None` if even the indispensable ones do
/// not fit. `natural` are the widths of the longest values.
pub fn fit(columns: &[TableColumn<'_>], natural: &[usize], width: usize) -> Option<Vec<Fitted>> {
    let all = natural.iter().enumerate();
    let mut shown: Vec<_> = all.map(|(index, width)| Fitted { index, width: *width }).collect();
    loop {
        if let Some(fitted) = truncated(columns, shown.clone(), width) {
            return Some(fitted);
        }
        let least = shown
            .iter()
            .filter_map(|one| Some((columns[one.index].importance?, one.index)))
            .min()?
            .1;
        shown.retain(|one| one.index != least);
    }
}

/// Truncates the widest columns of texts. `None` if that is not enough.
fn truncated(
    columns: &[TableColumn<'_>],
    mut shown: Vec<Fitted>,
    width: usize,
) -> Option<Vec<Fitted>> {
    let gaps = GAP * shown.len().saturating_sub(1);
    let total = shown.iter().map(|one| one.width).sum::<usize>() + gaps;
    for _ in width..total {
        let can_shrink = |one: &&mut Fitted| {
            let column = &columns[one.index];
            !column.is_whole && one.width > SMALLEST.max(column.name.chars().count())
        };
        shown.iter_mut().filter(can_shrink).max_by_key(|one| one.width)?.width -= 1;
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [TableColumn<'static>; 4] = [
        TableColumn::text("NAME"),
        TableColumn::text("BROWSER").of_importance(1),
        TableColumn::whole("CREATED").of_importance(2),
        TableColumn::whole("ID"),
    ];
    const NATURAL: [usize; 4] = [20, 30, 16, 36];

    fn widths(width: usize) -> Option<Vec<(usize, usize)>> {
        let fitted = fit(&COLUMNS, &NATURAL, width)?;
        Some(fitted.iter().map(|one| (one.index, one.width)).collect())
    }

    #[test]
    fn a_table_with_enough_room_is_shown_as_it_is() {
        assert_eq!(widths(108), Some(vec![(0, 20), (1, 30), (2, 16), (3, 36)]));
    }

    #[test]
    fn the_widest_texts_are_truncated_first_and_whole_columns_never() {
        assert_eq!(widths(99), Some(vec![(0, 20), (1, 21), (2, 16), (3, 36)]));
        assert_eq!(widths(82), Some(vec![(0, 12), (1, 12), (2, 16), (3, 36)]));
    }

    #[test]
    fn the_least_important_columns_are_dropped_when_truncation_is_not_enough() {
        assert_eq!(widths(81), Some(vec![(0, 20), (2, 16), (3, 36)]));
        assert_eq!(widths(60), Some(vec![(0, 20), (3, 36)]));
        assert_eq!(widths(50), Some(vec![(0, 12), (3, 36)]));
    }

    #[test]
    fn indispensable_columns_are_never_dropped() {
        assert_eq!(widths(49), None);
    }
}
