//! Mails: their words and their delivery.
//!
//! Every mail has the same form with other words: a heading, paragraphs, a code, a button, facts, and
//! a note. The words are chosen when a mail is sent, in the language of its recipient.

mod deliver;
mod letterhead;
mod notice;
mod render;
mod words;

pub(super) use self::deliver::{deliver, send_now};
pub use self::letterhead::Letterhead;
pub use self::render::write;
