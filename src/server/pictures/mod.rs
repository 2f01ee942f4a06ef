//! Decodes uploaded pictures, each in a process of its own, which may die.
//!
//! Decoders do not always keep to the limits that they are given: a few bytes can make one allocate
//! gigabytes, or compute for an hour. The operating system bounds a process reliably. So the server
//! starts its own program once more (`pocketid decode-picture`), which bounds itself ([`confine`])
//! and decodes one upload. If it dies, takes too long, or gives no picture, the upload is refused.

mod apart;
mod confine;
mod decoder;
mod free_memory;
mod program;

pub use apart::decode_apart;
pub use confine::confine;
pub(super) use decoder::PictureDecoder;
pub use program::ServerProgram;

/// The hidden command that decodes one upload (`cli/decode_picture.rs`).
pub const DECODE_PICTURE: &str = "decode-picture";
