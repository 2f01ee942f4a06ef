//! A mail as text (RFC 5322, RFC 2045).

use std::{
    error::Error,
    time::{Duration, UNIX_EPOCH},
};

use lettre::{
    Message,
    address::{Address, Envelope},
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::SmtpError;
use crate::model::{MailAddress, Timestamp};

/// A mail that is ready to be sent.
#[derive(Debug)]
pub struct OutgoingMail {
    /// Its id: the same each time it is sent, so that mail programs know a copy.
    pub id: Uuid,
    /// The recipient.
    pub to: MailAddress,
    /// The subject.
    pub subject: String,
    /// The text for programs that show no HTML.
    pub text: String,
    /// The text as HTML.
    pub html: String,
    /// When it was written.
    pub date: Timestamp,
}

/// Says that a program wrote the mail, so that no other program replies to it (RFC 3834 §5).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_value: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Writes the mail, and to whom it is handed over. Header values are encoded, so that no name can add
/// a header.
pub(super) fn build(
    from: &MailAddress,
    mail: &OutgoingMail,
) -> Result<(Envelope, Vec<u8>), SmtpError> {
    let (from, to) = (mailbox(from)?, mailbox(&mail.to)?);
    let domain = from.email.domain().to_owned();
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(one_line(&mail.subject))
        .date(UNIX_EPOCH + Duration::from_millis(mail.date.as_unix_millis()))
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .header(AutoSubmitted)
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
                .singlepart(part(ContentType::TEXT_HTML, &mail.html)),
        );
    let message = message.map_err(|error| SmtpError::Message(error.to_string()))?;
    Ok((message.envelope().clone(), message.formatted()))
}

fn part(content_type: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

fn mailbox(address: &MailAddress) -> Result<Mailbox, SmtpError> {
    let parsed: Result<Address, _> = address.address.parse();
    let parsed = parsed.map_err(|error| {
        SmtpError::Message(format!("{} is not an address: {error}", address.address))
    })?;
    let name = Some(one_line(&address.name)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, parsed))
}

/// A value without control characters, which have no place in a header.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str, address: &str) -> MailAddress {
        MailAddress { name: name.to_owned(), address: address.to_owned() }
    }

    fn mail(name: &str, subject: &str) -> OutgoingMail {
        OutgoingMail {
            id: Uuid::from_u128(7),
            to: address(name, "alice@example.com"),
            subject: subject.to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            date: Timestamp::from_unix(1_000_000_000),
        }
    }

    #[test]
    fn a_name_or_a_subject_adds_no_header() {
        let from = address("Evil\r\nBcc: eve@example.com", "id@example.com");

        let (envelope, text) =
            build(&from, &mail("Alice\nX-Evil: 1", "Hi\r\nBcc: eve@example.com")).unwrap();

        let text = String::from_utf8(text).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc") || line.starts_with("X-Evil")));
        assert_eq!(envelope.to().len(), 1);
        assert!(head.contains("Message-ID: <00000000-0000-0000-0000-000000000007@example.com>"));
        assert!(head.contains("Auto-Submitted: auto-generated"));
        assert!(head.contains("Date: Sun, 09 Sep 2001 01:46:40 +0000"));
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for bad in ["alice@example.com\r\nRCPT TO:<eve@example.com>", "alice", "<a@b>, <c@d>"] {
            let mut mail = mail("", "Hi");
            mail.to = address("Alice", bad);
            let error = build(&address("", "id@example.com"), &mail).unwrap_err();
            assert!(matches!(error, SmtpError::Message(_)), "{bad:?}");
        }
    }
}
