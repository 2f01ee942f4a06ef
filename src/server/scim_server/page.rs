//! A page of resources that match.

use std::time::{Duration, Instant};

use super::answer::ScimResource;
use crate::{
    model::ScimTokenId,
    scim::{ListRequest, ScimErrorType, ScimFault},
    server::http::ScimError,
};

/// How long a list may be looked through: less than a request may take.
const TIME: Duration = Duration::from_secs(10);

/// A program that looks at a list.
#[derive(Debug, Clone)]
pub(super) struct Viewer {
    pub(super) token: ScimTokenId,
    /// The address of the SCIM server.
    pub(super) base: String,
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
    pub(super) total: usize,
    pub(super) items: Vec<T>,
}

impl<T> Window<T> {
    pub(super) fn of(asked: &ListRequest) -> Self {
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
