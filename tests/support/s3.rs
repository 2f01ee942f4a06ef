//! A server that speaks enough of S3, and that trusts no client: each request has to be signed as the
//! documentation says (AWS Signature Version 4, "Authenticating requests: using query parameters"), which
//! is worked out here by other means than the program's.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use pocketid::crypto::Digest;
use ring::hmac;

pub(crate) const BUCKET: &str = "backups";
pub(crate) const REGION: &str = "eu-central-1";
pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// How many names there are in an answer: few, so that lists have more than one page.
const PAGE: usize = 2;

type Objects = Arc<Mutex<Bucket>>;

/// Objects by name, and the parts of uploads that were begun.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<String, Vec<u8>>,
    has_upload: bool,
    failures: Failures,
}

/// The requests that fail, once or always.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failures {
    #[default]
    None,
    /// One answer to a part is 503.
    OnePart,
    /// Every answer to a second part is 503.
    SecondParts,
    /// Another client stores the object meanwhile.
    Overtaken,
    /// An upload is not completed, which is told after 200.
    Completion,
}

/// Where it does not know conditions, as some services do not.
pub(crate) const OLD: &str = "old/";

/// A bucket on a port of this machine.
pub(crate) struct FakeS3 {
    port: u16,
    objects: Objects,
}

impl FakeS3 {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let objects = Objects::default();
        let shared = Arc::clone(&objects);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let objects = Arc::clone(&shared);
                thread::spawn(move || answer(stream.unwrap(), &objects));
            }
        });
        Self { port, objects }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The names of all objects.
    pub(crate) fn names(&self) -> Vec<String> {
        self.objects.lock().unwrap().objects.keys().cloned().collect()
    }

    /// The content of an object.
    pub(crate) fn content(&self, name: &str) -> Vec<u8> {
        self.objects.lock().unwrap().objects[name].clone()
    }

    pub(crate) fn put(&self, name: &str, content: &[u8]) {
        self.objects.lock().unwrap().objects.insert(name.into(), content.to_vec());
    }

    /// Lets uploads in parts fail.
    pub(crate) fn fail(&self, failures: Failures) {
        self.objects.lock().unwrap().failures = failures;
    }

    /// Whether an upload in parts was begun, and neither completed nor aborted.
    pub(crate) fn has_upload(&self) -> bool {
        self.objects.lock().unwrap().has_upload
    }
}

struct Asked {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    host: String,
    is_conditional: bool,
    body: Vec<u8>,
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (mut host, mut length, mut is_conditional) = (String::new(), 0, false);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "host" => host = value.trim().to_owned(),
            "if-none-match" => is_conditional = value.trim() == "*",
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path: path.to_owned(), query, host, is_conditional, body })
}

fn answer(mut stream: TcpStream, objects: &Objects) {
    let Some(asked) = read(&stream) else { return };
    let (status, body) = if is_signed(&asked) {
        serve(&asked, &mut objects.lock().unwrap())
    } else {
        (403, error("SignatureDoesNotMatch"))
    };
    let tag = asked.query.get("partNumber").map_or("x", String::as_str);
    let head =
        format!("HTTP/1.1 {status} X\r\nETag: {tag}\r\nContent-Length: {}\r\n\r\n", body.len());
    drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)));
}

fn error(code: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>").into_bytes()
}

fn serve(asked: &Asked, bucket: &mut Bucket) -> (u16, Vec<u8>) {
    let Some(rest) = asked.path.strip_prefix(&format!("/{BUCKET}")) else {
        return (404, error("NoSuchBucket"));
    };
    let key = rest.trim_start_matches('/').replace("%20", " ");
    if asked.query.contains_key("uploads") || asked.query.contains_key("uploadId") {
        return serve_upload(asked, bucket, &key);
    }
    let objects = &mut bucket.objects;
    match (asked.method.as_str(), key.as_str()) {
        ("GET", "") => (200, list(asked, objects)),
        ("GET", key) => match objects.get(key) {
            Some(content) => (200, content.clone()),
            None => (404, error("NoSuchKey")),
        },
        ("PUT", key) if asked.is_conditional && key.starts_with(OLD) => {
            (501, error("NotImplemented"))
        }
        ("PUT", key) if asked.is_conditional && objects.contains_key(key) => {
            (412, error("PreconditionFailed"))
        }
        ("PUT", key) => {
            objects.insert(key.into(), asked.body.clone());
            (200, Vec::new())
        }
        ("DELETE", key) => {
            objects.remove(key);
            (204, Vec::new())
        }
        _ => (405, error("MethodNotAllowed")),
    }
}

/// One upload in parts at a time, whose tags of parts are their numbers.
fn serve_upload(asked: &Asked, bucket: &mut Bucket, key: &str) -> (u16, Vec<u8>) {
    let xml = |name: &str, text: &str| {
        let ns = "http://s3.amazonaws.com/doc/2006-03-01/";
        format!("<?xml version=\"1.0\"?>\n<{name} xmlns=\"{ns}\">{text}</{name}>").into_bytes()
    };
    let number = asked.query.get("partNumber").map_or("", String::as_str);
    match (asked.method.as_str(), bucket.failures) {
        ("POST", _) if asked.query.contains_key("uploads") => {
            (bucket.has_upload, bucket.parts) = (true, BTreeMap::new());
            let text = format!("<Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>it</UploadId>");
            (200, xml("InitiateMultipartUploadResult", &text))
        }
        _ if !bucket.has_upload => (404, error("NoSuchUpload")),
        ("PUT", Failures::OnePart) => {
            bucket.failures = Failures::None;
            (503, error("SlowDown"))
        }
        ("PUT", Failures::SecondParts) if number == "2" => (503, error("SlowDown")),
        ("PUT", _) => {
            bucket.parts.insert(number.to_owned(), asked.body.clone());
            if bucket.failures == Failures::Overtaken {
                bucket.objects.insert(key.to_owned(), b"theirs".to_vec());
            }
            (200, Vec::new())
        }
        ("POST", Failures::Completion) => (200, error("InternalError")),
        ("POST", _) if asked.is_conditional && key.starts_with(OLD) => {
            (501, error("NotImplemented"))
        }
        ("POST", _) if asked.is_conditional && bucket.objects.contains_key(key) => {
            (412, error("PreconditionFailed"))
        }
        ("POST", _) => {
            let body = String::from_utf8_lossy(&asked.body);
            let tags = body.split("<ETag>").skip(1).filter_map(|rest| rest.split('<').next());
            let content = tags.flat_map(|tag| bucket.parts[tag].clone()).collect();
            bucket.objects.insert(key.to_owned(), content);
            bucket.has_upload = false;
            (200, xml("CompleteMultipartUploadResult", "<ETag>x</ETag>"))
        }
        ("DELETE", _) => {
            bucket.has_upload = false;
            (204, Vec::new())
        }
        _ => (405, error("MethodNotAllowed")),
    }
}

fn list(asked: &Asked, objects: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let query =
        |name: &str| asked.query.get(name).map_or(String::new(), |value| value.replace("%2F", "/"));
    let (prefix, after) = (query("prefix"), query("continuation-token"));
    let mut found: Vec<_> = objects
        .iter()
        .filter(|(name, _)| name.starts_with(&prefix) && **name > after)
        .filter(|(name, _)| !name[prefix.len()..].contains('/'))
        .collect();
    let is_truncated = found.len() > PAGE;
    found.truncate(PAGE);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{BUCKET}</Name>\
         <MaxKeys>{PAGE}</MaxKeys><IsTruncated>{is_truncated}</IsTruncated>"
    );
    for (name, content) in &found {
        let size = content.len();
        let when = "2026-11-24T08:00:00.000Z";
        write!(
            xml,
            "<Contents><Key>{name}</Key><LastModified>{when}</LastModified><ETag>x</ETag>\
             <Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
        .unwrap();
    }
    if let (true, Some((last, _))) = (is_truncated, found.last()) {
        write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>").unwrap();
    }
    (xml + "</ListBucketResult>").into_bytes()
}

fn is_signed(asked: &Asked) -> bool {
    let get = |name: &str| asked.query.get(name).cloned().unwrap_or_default();
    let signed = |text: &str, key: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
    };
    let moment = get("X-Amz-Date");
    let day = moment.get(..8).unwrap_or_default();
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    let query: Vec<_> = asked
        .query
        .iter()
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let canonical = format!(
        "{}\n{}\n{}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD",
        asked.method,
        asked.path,
        query.join("&"),
        asked.host
    );
    let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", Digest::of(canonical).hex());
    let key = signed(day, format!("AWS4{SECRET}").as_bytes());
    let key =
        ["s3", "aws4_request"].iter().fold(signed(REGION, &key), |key, text| signed(text, &key));
    let signature: String =
        signed(&to_sign, &key).iter().map(|byte| format!("{byte:02x}")).collect();
    get("X-Amz-Algorithm") == "AWS4-HMAC-SHA256"
        && get("X-Amz-Credential") == format!("{KEY_ID}/{scope}").replace('/', "%2F")
        && get("X-Amz-SignedHeaders") == "host"
        && get("X-Amz-Signature") == signature
}
