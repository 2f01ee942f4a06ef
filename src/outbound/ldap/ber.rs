//! The outer form of LDAP messages (RFC 4511 §4.1.1, §5.1): what a server sends is checked here before
//! `ldap3` sees it, which takes any nesting and any length, and panics on other forms.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest message, in bytes: an entry with a picture, or with a hundred thousand members.
pub(super) const MAX_MESSAGE: usize = 8 * 1024 * 1024;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const CONTROLS: u8 = 0xa0;
const REFERRAL: u8 = 0xa3;
const SASL_CREDENTIALS: u8 = 0x87;
const EXTENDED_NAME: u8 = 0x8a;
const EXTENDED_VALUE: u8 = 0x8b;

/// The tags of the operations that are used (RFC 4511 §4.2 to §4.14).
pub(super) mod operation {
    pub const BIND: u8 = 0x60;
    pub const BIND_RESPONSE: u8 = 0x61;
    pub const UNBIND: u8 = 0x42;
    pub const SEARCH: u8 = 0x63;
    pub const ENTRY: u8 = 0x64;
    pub const SEARCH_DONE: u8 = 0x65;
    pub const REFERENCE: u8 = 0x73;
    pub const EXTENDED_RESPONSE: u8 = 0x78;
}

/// The control of paged results (RFC 2696 §2).
const PAGED_RESULTS: &[u8] = b"1.2.840.113556.1.4.319";

/// A message is not one of LDAP, or longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    /// It is not of the form of LDAP messages.
    #[error("it does not speak LDAP")]
    Form,
    /// It is too long.
    #[error("it sent a message of more than {} MiB", MAX_MESSAGE / 1024 / 1024)]
    TooLong,
}

/// A whole message with its head.
#[derive(Debug)]
pub(super) struct LdapMessage {
    /// All of its bytes.
    pub bytes: Vec<u8>,
    /// Its id; 0 if the server was not asked (RFC 4511 §4.4).
    pub id: u64,
    /// The tag of its operation.
    pub operation: u8,
}

/// The result of an operation (RFC 4511 §4.1.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MessageResult {
    /// Its code.
    pub code: u64,
    /// The message of the server.
    pub text: String,
}

/// Reads a message; `None` at the end of the stream. Memory is taken for bytes that have come.
pub(super) async fn read_message(
    stream: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<LdapMessage>> {
    let mut bytes = vec![0; 2];
    if stream.read(&mut bytes[..1]).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut bytes[1..2]).await?;
    if bytes[0] != SEQUENCE {
        return Err(io::Error::other(Malformed::Form));
    }
    let mut length = usize::from(bytes[1]);
    if length >= 0x80 {
        let count = length & 0x7f;
        if !(1..=4).contains(&count) {
            return Err(io::Error::other(Malformed::Form));
        }
        let mut digits = [0; 4];
        stream.read_exact(&mut digits[..count]).await?;
        bytes.extend_from_slice(&digits[..count]);
        length = digits[..count].iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
    }
    if length > MAX_MESSAGE {
        return Err(io::Error::other(Malformed::TooLong));
    }
    let head = bytes.len();
    stream.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() != head + length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut content = Reader(&bytes[head..]);
    let parsed = content.take(INTEGER).and_then(|id| Ok((number(id)?, content.peek()?)));
    let (id, operation) = parsed.map_err(io::Error::other)?;
    Ok(Some(LdapMessage { bytes, id, operation }))
}

impl LdapMessage {
    /// Checks the form of an answer, in all parts that `ldap3` reads.
    pub(super) fn check_answer(&self) -> Result<(), Malformed> {
        let mut content = self.content()?;
        match self.operation {
            operation::ENTRY => check_entry(content.take(operation::ENTRY)?)?,
            operation::REFERENCE => {
                content.take(operation::REFERENCE)?;
            }
            tag => {
                result_of(content.take(tag)?)?;
            }
        }
        if !content.0.is_empty() {
            check_controls(content.take(CONTROLS)?)?;
        }
        content.end()
    }

    /// The result of an operation.
    pub(super) fn result(&self) -> Result<MessageResult, Malformed> {
        result_of(self.content()?.take(self.operation)?)
    }

    /// The rest after the id.
    fn content(&self) -> Result<Reader<'_>, Malformed> {
        let mut content = Reader(Reader(&self.bytes).take(SEQUENCE)?);
        content.take(INTEGER)?;
        Ok(content)
    }
}

/// RFC 4511 §4.5.2: a name, and attributes with sets of values.
fn check_entry(entry: &[u8]) -> Result<(), Malformed> {
    let mut entry = Reader(entry);
    text(entry.take(OCTET_STRING)?)?;
    let mut attributes = Reader(entry.take(SEQUENCE)?);
    while !attributes.0.is_empty() {
        let mut attribute = Reader(attributes.take(SEQUENCE)?);
        text(attribute.take(OCTET_STRING)?)?;
        let mut values = Reader(attribute.take(SET)?);
        while !values.0.is_empty() {
            values.take(OCTET_STRING)?;
        }
        attribute.end()?;
    }
    entry.end()
}

/// RFC 4511 §4.1.9, and what bind and extended responses add to it.
fn result_of(result: &[u8]) -> Result<MessageResult, Malformed> {
    let mut result = Reader(result);
    let code = number(result.take(ENUMERATED)?)?;
    text(result.take(OCTET_STRING)?)?;
    let text = text(result.take(OCTET_STRING)?)?.to_owned();
    while !result.0.is_empty() {
        match result.peek()? {
            REFERRAL => {
                let mut addresses = Reader(result.take(REFERRAL)?);
                while !addresses.0.is_empty() {
                    self::text(addresses.take(OCTET_STRING)?)?;
                }
            }
            SASL_CREDENTIALS => drop(result.take(SASL_CREDENTIALS)?),
            EXTENDED_NAME => drop(self::text(result.take(EXTENDED_NAME)?)?),
            EXTENDED_VALUE => drop(result.take(EXTENDED_VALUE)?),
            _ => return Err(Malformed::Form),
        }
    }
    Ok(MessageResult { code, text })
}

/// RFC 4511 §4.1.11.
fn check_controls(controls: &[u8]) -> Result<(), Malformed> {
    let mut controls = Reader(controls);
    while !controls.0.is_empty() {
        let mut control = Reader(controls.take(SEQUENCE)?);
        let kind = control.take(OCTET_STRING)?;
        text(kind)?;
        if control.peek() == Ok(BOOLEAN) && control.take(BOOLEAN)?.len() != 1 {
            return Err(Malformed::Form);
        }
        if !control.0.is_empty() {
            let value = control.take(OCTET_STRING)?;
            if kind == PAGED_RESULTS {
                let mut paged = Reader(Reader(value).take(SEQUENCE)?);
                paged.take(INTEGER)?;
                paged.take(OCTET_STRING)?;
                paged.end()?;
            }
        } else if kind == PAGED_RESULTS {
            return Err(Malformed::Form);
        }
        control.end()?;
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed::Form)
}

/// A number that is not negative, of at most 4 bytes.
fn number(bytes: &[u8]) -> Result<u64, Malformed> {
    match bytes {
        [first, ..] if *first < 0x80 && bytes.len() <= 4 => {
            Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
        }
        _ => Err(Malformed::Form),
    }
}

/// The rest of a sequence of elements in BER (X.690 §8.1), as RFC 4511 §5.1 restricts it.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn peek(&self) -> Result<u8, Malformed> {
        self.0.first().copied().ok_or(Malformed::Form)
    }

    /// Takes the element of this tag, and returns its content.
    fn take(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        if self.peek()? != tag {
            return Err(Malformed::Form);
        }
        let first = *self.0.get(1).ok_or(Malformed::Form)?;
        let count = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let digits = self.0.get(2..2 + count).ok_or(Malformed::Form)?;
        let length = match count {
            0 if first < 0x80 => usize::from(first),
            1..=4 => digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
            _ => return Err(Malformed::Form),
        };
        let rest = &self.0[2 + count..];
        let content = rest.get(..length).ok_or(Malformed::Form)?;
        self.0 = &rest[length..];
        Ok(content)
    }

    fn end(&self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed::Form) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> io::Result<Option<LdapMessage>> {
        read_message(&mut &*bytes).await
    }

    /// A message with this operation.
    fn message(operation: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x30, u8::try_from(operation.len() + 3).unwrap(), 2, 1, 7];
        bytes.extend_from_slice(operation);
        bytes
    }

    #[tokio::test]
    async fn a_message_is_read_with_its_id_and_operation() {
        let done = message(b"\x65\x09\x0a\x01\x04\x04\x00\x04\x02no");
        let read = read(&done).await.unwrap().unwrap();
        assert_eq!((read.id, read.operation), (7, operation::SEARCH_DONE));
        assert_eq!(read.check_answer(), Ok(()));
        assert_eq!(read.result(), Ok(MessageResult { code: 4, text: "no".to_owned() }));
        assert!(super::tests::read(b"").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_long_message_is_refused_before_it_comes() {
        for bytes in [b"\x30\x84\xff\xff\xff\xff" as &[u8], b"\x30\x84\x00\x80\x00\x01"] {
            let fault = read(bytes).await.unwrap_err().to_string();
            assert!(fault.contains("more than 8 MiB"), "{fault}");
        }
        for bytes in [b"HTTP/1.1 400" as &[u8], b"\x30\x80\x00\x00", b"\x30\x88\0\0\0\0\0\0\0\x01"]
        {
            assert!(read(bytes).await.unwrap_err().to_string().contains("speak LDAP"));
        }
        assert!(read(b"\x30\x05\x02\x01").await.is_err());
    }

    /// `ldap3` panics on them.
    #[tokio::test]
    async fn messages_of_another_form_are_refused() {
        for operation in [
            b"\x65\x00" as &[u8],
            b"\x65\x03\x02\x01\x00",
            b"\x65\x07\x0a\x01\x00\x04\x01\xff\x04",
            b"\x65\x07\x0a\x01\x00\x04\x00\x04\x01",
            b"\x64\x02\x04\x00",
            b"\x64\x05\x04\x01\xff\x30\x00",
            b"\x64\x09\x04\x00\x30\x05\x30\x03\x04\x01a",
            b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00\xa0\x02\x30\x00",
            b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00\xa0\x07\x30\x05\x04\x01a\x01\x00",
            b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00\x04\x00",
        ] {
            let read = read(&message(operation)).await.unwrap().unwrap();
            assert_eq!(read.check_answer(), Err(Malformed::Form), "{operation:x?}");
        }
    }
}
