//! Backups that are too large for one request to S3, which are sent in parts.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _},
};

use pocketid::{
    backup::{BackupError, S3},
    crypto::{Rng, SystemRng},
    model::{Place, S3Place},
    settings::{Settings, Source},
};

use crate::support::{
    s3::{BUCKET, Failures, FakeS3, KEY_ID, OLD, REGION, SECRET},
    versity::Versity,
};

const MEBIBYTE: u64 = 1 << 20;

fn place(key: &str) -> S3Place {
    match format!("s3://{BUCKET}/{key}").parse() {
        Ok(Place::S3(place)) => place,
        _ => panic!("{key} is no place in S3"),
    }
}

/// A client that sends parts of this many bytes.
fn client(variables: &[(&str, &str)], part_size: u64) -> S3 {
    let settings = Settings::read(&Source::from_pairs(variables)).expect("valid settings");
    let s3 = settings.backup.s3.expect("access to S3");
    S3::new(&s3, &place("any")).expect("a client").with_parts_of(part_size)
}

fn fake_client(s3: &FakeS3) -> S3 {
    let variables = [
        ("S3_ENDPOINT", &*s3.endpoint()),
        ("S3_REGION", REGION),
        ("S3_ACCESS_KEY_ID", KEY_ID),
        ("S3_SECRET_ACCESS_KEY", SECRET),
    ];
    client(&variables, 4)
}

fn file_of(content: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    std::io::Write::write_all(&mut file, content).expect("room");
    file
}

#[test]
fn a_large_file_goes_to_a_real_server_in_parts_and_comes_back() {
    let s3 = Versity::start();
    let given = s3.settings();
    let variables: Vec<_> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let client = client(&variables, 5 * MEBIBYTE);
    let mut content = vec![7; 12 * (1 << 20)];
    let rng: &dyn Rng = &SystemRng::new();
    let random: [u8; 64] = rng.bytes();
    for (index, piece) in content.chunks_mut(1 << 16).enumerate() {
        let index = u8::try_from(index).expect("fewer than 256 pieces");
        piece[..64].copy_from_slice(&random.map(|byte| byte ^ index));
    }

    let sent = client.put(&place("id/large.zip"), &file_of(&content)).unwrap();
    assert_eq!(sent, 12 * MEBIBYTE);
    assert!(fs::read(s3.object("id/large.zip")).unwrap() == content, "it is what was sent");
    let again = client.put(&place("id/large.zip"), &file_of(b"a replacement of five mebibytes"));
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
    let again = client.put(&place("id/large.zip"), &file_of(&content[1..]));
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");

    let mut back = client.get(&place("id/large.zip"), tempfile::tempfile().unwrap()).unwrap();
    let mut read = Vec::new();
    back.rewind().and_then(|()| back.read_to_end(&mut read)).unwrap();
    assert!(read == content, "it comes back as it was sent");
    assert_eq!(s3.parts_left(), 0);
}

#[test]
fn an_upload_that_fails_leaves_no_parts_and_no_object() {
    let s3 = FakeS3::start();
    let client = fake_client(&s3);
    for (failures, told) in [
        (Failures::SecondParts, "store s3://backups/it.zip: it answered 503 SlowDown"),
        (Failures::Completion, "store s3://backups/it.zip: it answered 500 InternalError"),
    ] {
        s3.fail(failures);

        let sent = client.put(&place("it.zip"), &file_of(b"123456789"));

        assert_eq!(sent.unwrap_err().to_string(), format!("cannot use S3: {told}"));
        assert!(!s3.has_upload(), "{failures:?}");
        assert!(s3.names().is_empty(), "{failures:?}");
    }
}

#[test]
fn a_part_that_fails_once_is_sent_again() {
    let s3 = FakeS3::start();
    s3.fail(Failures::OnePart);

    fake_client(&s3).put(&place("it.zip"), &file_of(b"123456789")).unwrap();

    assert_eq!(s3.content("it.zip"), b"123456789");
    assert!(!s3.has_upload());
}

#[test]
fn an_upload_in_parts_overwrites_nothing() {
    let s3 = FakeS3::start();
    let client = fake_client(&s3);
    for key in ["it.zip", &format!("{OLD}it.zip")] {
        client.put(&place(key), &file_of(b"123456789")).unwrap();

        let again = client.put(&place(key), &file_of(b"987654321"));

        assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
        assert_eq!(s3.content(key), b"123456789");
        assert!(!s3.has_upload());
    }
    s3.fail(Failures::Overtaken);
    for key in ["another.zip", &format!("{OLD}another.zip")] {
        let sent = client.put(&place(key), &file_of(b"123456789"));

        assert!(matches!(sent, Err(BackupError::Exists(_))), "{sent:?}");
        assert_eq!(s3.content(key), b"theirs");
        assert!(!s3.has_upload());
    }
}
