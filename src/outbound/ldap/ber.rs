//! The outer form of LDAP messages (RFC 4511 §4.1.1, §5.1): what a server sends is checked here before
//! `ldap3` sees it, which takes any nesting and any length, and panics on other forms.

use std::{cell::Cell, io};

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest message, in bytes: an entry with a picture, or with a hundred thousand members.
pub(super) const MAX_MESSAGE: usize = 8 * 1024 * 1024;
/// The most elements of a message. Each of them takes memory of its own, even if it is empty.
const MAX_ELEMENTS: u32 = 200_000;

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
    /// It has too many elements.
    #[error("it sent a message of more than {MAX_ELEMENTS} values")]
    TooMany,
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
    let (id, operation) = head_of(&bytes[head..]).map_err(io::Error::other)?;
    Ok(Some(LdapMessage { bytes, id, operation }))
}

/// The id of a message and the tag of its operation.
fn head_of(content: &[u8]) -> Result<(u64, u8), Malformed> {
    let elements = Cell::new(0);
    let mut content = Reader::new(content, &elements);
    let id = number(content.take(INTEGER)?)?;
    Ok((id, content.peek()?))
}

impl LdapMessage {
    /// Checks the form of an answer, in all parts that `ldap3` reads. Every element that has others in it is
    /// entered here: `ldap3` enters them whatever they are, and without a bound.
    pub(super) fn check_answer(&self) -> Result<(), Malformed> {
        let elements = Cell::new(0);
        let mut content = self.content(&elements)?;
        match self.operation {
            operation::ENTRY => check_entry(content.enter(operation::ENTRY)?)?,
            // RFC 4511 §4.5.3.
            operation::REFERENCE => check_texts(content.enter(operation::REFERENCE)?)?,
            tag => drop(result_of(content.enter(tag)?)?),
        }
        if !content.is_empty() {
            check_controls(content.enter(CONTROLS)?)?;
        }
        content.end()
    }

    /// The result of an operation.
    pub(super) fn result(&self) -> Result<MessageResult, Malformed> {
        let elements = Cell::new(0);
        result_of(self.content(&elements)?.enter(self.operation)?)
    }

    /// The rest after the id.
    fn content<'a>(&'a self, elements: &'a Cell<u32>) -> Result<Reader<'a>, Malformed> {
        let mut message = Reader::new(&self.bytes, elements);
        let mut content = message.enter(SEQUENCE)?;
        message.end()?;
        content.take(INTEGER)?;
        Ok(content)
    }
}

/// RFC 4511 §4.5.2: a name, and attributes with sets of values.
fn check_entry(mut entry: Reader<'_>) -> Result<(), Malformed> {
    text(entry.take(OCTET_STRING)?)?;
    let mut attributes = entry.enter(SEQUENCE)?;
    while !attributes.is_empty() {
        let mut attribute = attributes.enter(SEQUENCE)?;
        text(attribute.take(OCTET_STRING)?)?;
        let mut values = attribute.enter(SET)?;
        while !values.is_empty() {
            values.take(OCTET_STRING)?;
        }
        attribute.end()?;
    }
    entry.end()
}

/// RFC 4511 §4.1.10: addresses.
fn check_texts(mut texts: Reader<'_>) -> Result<(), Malformed> {
    while !texts.is_empty() {
        text(texts.take(OCTET_STRING)?)?;
    }
    Ok(())
}

/// RFC 4511 §4.1.9, and the additions of bind and extended responses.
fn result_of(mut result: Reader<'_>) -> Result<MessageResult, Malformed> {
    let code = number(result.take(ENUMERATED)?)?;
    text(result.take(OCTET_STRING)?)?;
    let text = text(result.take(OCTET_STRING)?)?.to_owned();
    while !result.is_empty() {
        match result.peek()? {
            REFERRAL => check_texts(result.enter(REFERRAL)?)?,
            SASL_CREDENTIALS => drop(result.take(SASL_CREDENTIALS)?),
            EXTENDED_NAME => drop(self::text(result.take(EXTENDED_NAME)?)?),
            EXTENDED_VALUE => drop(result.take(EXTENDED_VALUE)?),
            _ => return Err(Malformed::Form),
        }
    }
    Ok(MessageResult { code, text })
}

/// RFC 4511 §4.1.11.
fn check_controls(mut controls: Reader<'_>) -> Result<(), Malformed> {
    while !controls.is_empty() {
        let mut control = controls.enter(SEQUENCE)?;
        let kind = control.take(OCTET_STRING)?;
        text(kind)?;
        if control.peek() == Ok(BOOLEAN) && control.take(BOOLEAN)?.len() != 1 {
            return Err(Malformed::Form);
        }
        let value = if control.is_empty() { None } else { Some(control.enter(OCTET_STRING)?) };
        if kind == PAGED_RESULTS {
            let mut value = value.ok_or(Malformed::Form)?;
            let mut paged = value.enter(SEQUENCE)?;
            paged.take(INTEGER)?;
            paged.take(OCTET_STRING)?;
            paged.end()?;
            value.end()?;
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
struct Reader<'a> {
    rest: &'a [u8],
    /// The elements of the whole message that were taken.
    elements: &'a Cell<u32>,
}

impl<'a> Reader<'a> {
    fn new(rest: &'a [u8], elements: &'a Cell<u32>) -> Self {
        Self { rest, elements }
    }

    fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn peek(&self) -> Result<u8, Malformed> {
        self.rest.first().copied().ok_or(Malformed::Form)
    }

    /// Takes the element of this tag, and reads the elements in it.
    fn enter(&mut self, tag: u8) -> Result<Self, Malformed> {
        Ok(Self::new(self.take(tag)?, self.elements))
    }

    /// Takes the element of this tag, and returns its content.
    fn take(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        if self.peek()? != tag {
            return Err(Malformed::Form);
        }
        self.elements.set(self.elements.get() + 1);
        if self.elements.get() > MAX_ELEMENTS {
            return Err(Malformed::TooMany);
        }
        let first = *self.rest.get(1).ok_or(Malformed::Form)?;
        let count = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let digits = self.rest.get(2..2 + count).ok_or(Malformed::Form)?;
        let length = match count {
            0 if first < 0x80 => usize::from(first),
            1..=4 => digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
            _ => return Err(Malformed::Form),
        };
        let rest = &self.rest[2 + count..];
        let content = rest.get(..length).ok_or(Malformed::Form)?;
        self.rest = &rest[length..];
        Ok(content)
    }

    fn end(&self) -> Result<(), Malformed> {
        if self.is_empty() { Ok(()) } else { Err(Malformed::Form) }
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
            // References and referrals have texts, and nothing that goes deeper.
            b"\x73\x04\x30\x02\x30\x00",
            b"\x73\x03\x04\x01\xff",
            b"\x73\x02\x04\x00\xa0\x02\x31\x00",
            b"\x65\x0b\x0a\x01\x0a\x04\x00\x04\x00\xa3\x02\x30\x00",
            // Values are not constructed.
            b"\x64\x0d\x04\x00\x30\x09\x30\x07\x04\x01a\x31\x02\x24\x00",
            b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00\xa0\x09\x30\x07\x04\x01a\x24\x02\x30\x00",
            b"\x65\x09\x0a\x01\x00\x04\x00\x04\x00\xab\x00",
            b"\x79\x04\xa0\x02\x30\x00",
        ] {
            let read = read(&message(operation)).await.unwrap().unwrap();
            assert_eq!(read.check_answer(), Err(Malformed::Form), "{operation:x?}");
        }
    }

    /// Each value takes memory of its own, and 8 MiB are four million empty ones.
    #[tokio::test]
    async fn a_message_of_very_many_elements_is_refused() {
        let element = |tag: u8, content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x84][..], &length, content].concat()
        };
        let entry = |count: usize| {
            let values = element(SET, &[OCTET_STRING, 0].repeat(count));
            let attribute = element(SEQUENCE, &[element(OCTET_STRING, b"member"), values].concat());
            let content = [element(OCTET_STRING, b"cn=x"), element(SEQUENCE, &attribute)].concat();
            let operation = element(operation::ENTRY, &content);
            element(SEQUENCE, &[&[INTEGER, 1, 7][..], &operation].concat())
        };
        let addresses = element(operation::REFERENCE, &[OCTET_STRING, 0].repeat(4_000_000));
        let reference = element(SEQUENCE, &[&[INTEGER, 1, 7][..], &addresses].concat());
        for (message, checked) in [
            (entry(150_000), Ok(())),
            (entry(200_000), Err(Malformed::TooMany)),
            (entry(4_000_000), Err(Malformed::TooMany)),
            (reference, Err(Malformed::TooMany)),
        ] {
            assert_eq!(read(&message).await.unwrap().unwrap().check_answer(), checked);
        }
    }
}
