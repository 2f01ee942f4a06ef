//! A page of resources that match.

use std::time::{Duration, Instant};

use super::answer::ScimResource;
use crate::{
    model::{ScimTokenId, Timestamp},
    scim::{ListRequest, ScimErrorType, ScimFault, ScimFilter},
    server::http::ScimError,
    store::{StoreError, Tx},
};

/// How long a list may be looked through: less than a request may take.
const TIME: Duration = Duration::from_secs(10);

/// A program that looks at a list.
#[derive(Debug, Clone)]
pub(super) struct Viewer {
    pub(super) token: ScimTokenId,
    /// The address of the SCIM server.
    pub(super) base: String,
    /// When it looks.
    pub(super) now: Timestamp,
}

/// A page of a list.
#[derive(Debug, Default)]
pub(super) struct FoundPage {
    pub(super) resources: Vec<ScimResource>,
    /// The number of resources on all pages.
    pub(super) total: usize,
}

/// Takes the resources of one page out of all that match, one after the other.
#[derive(Debug)]
pub(super) struct Window<T> {
    offset: usize,
    count: usize,
    deadline: Instant,
    total: usize,
    items: Vec<T>,
}

/// Reads rows by an offset and a number, and counts all of them.
type Slice<T> = fn(&mut Tx<'_>, i64, i64) -> Result<(Vec<T>, i64), StoreError>;

/// The rows of a page, and the number of rows on all pages: a slice of all rows, or those that a search for the
/// filter puts into the window.
pub(super) fn select<T>(
    tx: &mut Tx<'_>,
    asked: &ListRequest,
    slice: Slice<T>,
    search: impl FnOnce(&mut Tx<'_>, &ScimFilter, &mut Window<T>) -> Result<(), ScimError>,
) -> Result<(Vec<T>, usize), ScimError> {
    let Some(filter) = &asked.filter else {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (found, total) = slice(tx, number(asked.offset), number(asked.count))?;
        return Ok((found, usize::try_from(total).unwrap_or(0)));
    };
    let mut window = Window::of(asked);
    search(tx, filter, &mut window)?;
    Ok((window.items, window.total))
}

impl<T> Window<T> {
    fn of(asked: &ListRequest) -> Self {
        let deadline = Instant::now() + TIME;
        let ListRequest { offset, count, .. } = *asked;
        Self { offset, count, deadline, total: 0, items: Vec::new() }
    }

    /// Counts one that matches, and keeps it if it is on the page.
    pub(super) fn add(&mut self, item: T) {
        if self.total >= self.offset && self.items.len() < self.count {
            self.items.push(item);
        }
        self.total += 1;
    }

    /// Gives up when it takes too long (RFC 7644 §3.12, `tooMany`).
    pub(super) fn check_time(&self) -> Result<(), ScimError> {
        if Instant::now() < self.deadline {
            return Ok(());
        }
        let detail = "The filter takes too long: compare userName, externalId or emails with eq.";
        Err(ScimFault::new(ScimErrorType::TooMany, detail).into())
    }
}
