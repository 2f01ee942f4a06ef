//! Signs and posts one message.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::WebhookError;
use crate::{
    crypto::MasterKey,
    model::{Timestamp, Webhook, parse_http_date},
    operations::webhooks::signing_secrets,
    outbound::{Answer, Outbound, OutboundError, PostedMessage, Reach, RequestHeader},
};

/// The time limit for the answer. The standard asks for 15 to 30 seconds.
const TIME: Duration = Duration::from_secs(20);
/// The longest wait that a receiver is granted, in seconds: six hours, as the longest pause between
/// two attempts.
const MAX_WAIT: i64 = 21_600;
/// The kind of the message that tries a webhook out.
const PING: &str = "PING";

/// The means of sending messages.
#[derive(Debug, Clone, Copy)]
pub struct WebhookMeans<'a> {
    /// The way to the receiver.
    pub outbound: &'a Outbound,
    /// The key that unseals the secrets.
    pub master_key: &'a MasterKey,
    /// The time of the attempt.
    pub now: Timestamp,
}

/// A message.
#[derive(Debug, Clone)]
pub struct SignedMessage<'a> {
    /// Its id, the same for each attempt.
    pub id: &'a str,
    /// Its body, JSON.
    pub body: String,
}

/// Sends a message that tries a webhook out. Its kind is `PING`.
pub async fn ping(
    means: WebhookMeans<'_>,
    webhook: &Webhook,
    id: &str,
) -> Result<(), WebhookError> {
    let data = json!({ "webhook": webhook.name.as_str() });
    let body = json!({ "type": PING, "timestamp": means.now, "data": data });
    send(means, webhook, SignedMessage { id, body: body.to_string() }).await
}

/// Sends a message with a signature of each secret. Any status from 200 to 299 accepts it.
pub async fn send(
    means: WebhookMeans<'_>,
    webhook: &Webhook,
    message: SignedMessage<'_>,
) -> Result<(), WebhookError> {
    let url = Url::parse(webhook.url.as_str()).map_err(|_| OutboundError::Address)?;
    let timestamp = means.now.as_unix();
    let secrets = signing_secrets(webhook, means.master_key, means.now);
    let signatures: Option<Vec<_>> =
        secrets.iter().map(|secret| secret.sign(message.id, timestamp, &message.body)).collect();
    let signatures = signatures.filter(|all| !all.is_empty()).ok_or(WebhookError::Secret)?;
    let (timestamp, signatures) = (timestamp.to_string(), signatures.join(" "));
    let headers = [
        RequestHeader { name: "content-type", value: "application/json" },
        RequestHeader {
            name: "user-agent",
            value: concat!("pocketid/", env!("CARGO_PKG_VERSION")),
        },
        RequestHeader { name: "webhook-id", value: message.id },
        RequestHeader { name: "webhook-timestamp", value: &timestamp },
        RequestHeader { name: "webhook-signature", value: &signatures },
    ];
    let posted = PostedMessage { headers: &headers, body: message.body };
    let sent = means.outbound.tell(&url, Reach::Anywhere, TIME, posted);
    judge(&sent.await?, means.now)
}

fn judge(answer: &Answer, now: Timestamp) -> Result<(), WebhookError> {
    match answer.status {
        200..=299 => Ok(()),
        300..=399 => Err(WebhookError::Redirect(answer.status)),
        410 => Err(WebhookError::Gone),
        status @ (429 | 502 | 503 | 504) => {
            let wait = answer.headers.get("retry-after").and_then(|value| value.to_str().ok());
            let seconds = wait.and_then(|text| wait_of(text, now)).unwrap_or(0);
            Err(WebhookError::Busy { status, seconds })
        }
        status => Err(WebhookError::Status(status)),
    }
}

/// Reads `Retry-After`: seconds or a date (RFC 9110 §10.2.3), within bounds.
fn wait_of(text: &str, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    let until = |date: Timestamp| date.seconds_since(now);
    let seconds = text.parse::<u32>().map(i64::from).ok();
    let seconds = seconds.or_else(|| parse_http_date(text).map(until))?;
    Some(seconds.clamp(0, MAX_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(784_111_777);

    #[test]
    fn a_wait_is_seconds_or_a_date_and_at_most_six_hours() {
        for (text, wait) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("Sun, 06 Nov 1994 08:49:41 GMT", Some(4)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("4000000000", Some(MAX_WAIT)),
            ("9999999999", None),
            ("-5", None),
            ("soon", None),
        ] {
            assert_eq!(wait_of(text, NOW), wait, "{text}");
        }
    }
}
