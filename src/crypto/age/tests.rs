//! Breaks each rule of the format in turn.

use std::io::{Read as _, Write as _};

use ring::aead::Aad;

use super::{file_key::FileKey, *};
use crate::crypto::SystemRng;

const CHUNK: usize = 64 * 1024;

fn passphrase() -> Secret {
    Secret::new("correct horse battery staple")
}

fn encrypted(content: &[u8]) -> Vec<u8> {
    let mut sink = encrypt(Vec::new(), &passphrase(), &SystemRng::new()).unwrap();
    for piece in content.chunks(1_000) {
        sink.write_all(piece).unwrap();
    }
    sink.finish().unwrap()
}

fn decrypted(file: &[u8]) -> Result<Vec<u8>, AgeError> {
    let mut content = Vec::new();
    decrypt(file, &passphrase())?.read_to_end(&mut content)?;
    Ok(content)
}

/// Builds a file with an empty payload, these stanzas in the header and the right MAC for them.
fn with_stanzas(change: impl FnOnce(&str, &str) -> String) -> Vec<u8> {
    let rng: &dyn Rng = &SystemRng::new();
    let file_key = FileKey::new(rng.bytes());
    let header = String::from_utf8(header::write(&passphrase(), &file_key, rng)).unwrap();
    let lines: Vec<_> = header.lines().collect();
    let header = header::with_mac(&change(lines[1], lines[2]), &file_key);
    let nonce = [7; 16];
    let payload = Encrypting::new(Vec::new(), payload_key(&file_key, &nonce)).finish().unwrap();
    [header, nonce.to_vec(), payload].concat()
}

/// Builds a file of these chunks, each with its flag for the last chunk.
fn with_chunks(chunks: &[(&[u8], bool)]) -> Vec<u8> {
    let rng: &dyn Rng = &SystemRng::new();
    let file_key = FileKey::new(rng.bytes());
    let mut file = header::write(&passphrase(), &file_key, rng);
    let nonce = [7; 16];
    file.extend(nonce);
    let key = payload_key(&file_key, &nonce);
    for (number, (chunk, is_last)) in (0_u8..).zip(chunks) {
        let nonce = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number, (*is_last).into()];
        let nonce = ring::aead::Nonce::assume_unique_for_key(nonce);
        let mut chunk = chunk.to_vec();
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut chunk).unwrap();
        file.extend(chunk);
    }
    file
}

#[test]
fn what_was_encrypted_is_decrypted_whatever_its_length() {
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7] {
        let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
        assert_eq!(decrypted(&encrypted(&content)).unwrap(), content, "{length}");
    }
}

#[test]
fn another_passphrase_opens_nothing() {
    let file = encrypted(b"x");
    let opened = decrypt(file.as_slice(), &Secret::new("another"));
    assert!(matches!(opened.unwrap_err(), AgeError::WrongPassphrase));
}

#[test]
fn chunks_are_all_there_in_their_order_and_nothing_else() {
    let (full, part) = (vec![1; CHUNK], vec![2; 10]);
    assert_eq!(
        decrypted(&with_chunks(&[(&full, false), (&part, true)])).unwrap().len(),
        CHUNK + 10
    );
    assert_eq!(decrypted(&with_chunks(&[(&full, true)])).unwrap().len(), CHUNK);
    assert_eq!(decrypted(&with_chunks(&[(&[], true)])).unwrap(), b"");
    for bad in [
        with_chunks(&[]),
        with_chunks(&[(&full, false)]),
        with_chunks(&[(&part, false)]),
        with_chunks(&[(&part, false), (&part, true)]),
        with_chunks(&[(&full, false), (&[], true)]),
        with_chunks(&[(&full, true), (&part, true)]),
        with_chunks(&[(&part, true), (&part, true)]),
        [with_chunks(&[(&full, true)]), vec![0]].concat(),
    ] {
        assert!(decrypted(&bad).is_err());
    }
    let mut file = with_chunks(&[(&full, false), (&full, false), (&part, true)]);
    let start = file.len() - 2 * (CHUNK + 16) - 26;
    file.copy_within(start..start + CHUNK + 16, start + CHUNK + 16);
    assert!(decrypted(&file).is_err());
}

#[test]
fn a_file_that_was_altered_or_cut_off_anywhere_is_refused() {
    let file = encrypted(b"content");
    // Each attempt runs scrypt before the header is verified, so only some positions are tried.
    for place in (0..file.len()).step_by(23).chain([file.len() - 1]) {
        let mut altered = file.clone();
        altered[place] ^= 1;
        assert!(decrypted(&altered).is_err(), "{place}");
        assert!(decrypted(&file[..place]).is_err(), "{place}");
    }
}

#[test]
fn the_header_has_one_stanza_in_its_one_form() {
    assert!(decrypted(&with_stanzas(|stanza, body| format!("{stanza}\n{body}\n"))).is_ok());
    for bad in [
        with_stanzas(|stanza, body| format!("{stanza}\n{body}\n{stanza}\n{body}\n")),
        with_stanzas(|stanza, body| format!("{stanza}\n{body}\n-> X25519 abc\n{body}\n")),
        with_stanzas(|stanza, body| format!("{stanza} more\n{body}\n")),
        with_stanzas(|stanza, body| format!("{stanza}\r\n{body}\r\n")),
        with_stanzas(|stanza, body| format!("{stanza}\n{body}\n\n")),
        with_stanzas(|stanza, body| format!("{stanza}\n{body}=\n")),
        with_stanzas(|stanza, body| format!("{stanza}\n{}\n{}\n", &body[..20], &body[20..])),
        with_stanzas(|stanza, body| format!("{}\n{body}\n", stanza.replace("scrypt ", "scrypt A"))),
        with_stanzas(|stanza, body| format!("{}\n{body}\n", stanza.replace(" 15", ""))),
        with_stanzas(|_, _| String::new()),
    ] {
        assert!(matches!(decrypted(&bad), Err(AgeError::Malformed(_))), "{:?}", decrypted(&bad));
    }
}

/// The last character of the base64 body has unused bits. They must be 0.
#[test]
fn base64_has_one_form_only() {
    let other = |text: &str| {
        let last = text.bytes().last().unwrap();
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let place = alphabet.iter().position(|byte| *byte == last).unwrap();
        format!("{}{}", &text[..text.len() - 1], alphabet[place + 1] as char)
    };
    let bad = with_stanzas(|stanza, body| format!("{stanza}\n{}\n", other(body)));
    assert!(matches!(decrypted(&bad), Err(AgeError::Malformed(_))));
}

#[test]
fn the_work_factor_is_a_number_in_bounds() {
    for factor in
        ["0", "015", "+15", "-15", "15 ", "0x0f", "1e1", "", "256", "99999999999999999999"]
    {
        let bad = with_stanzas(|stanza, body| {
            format!("{}\n{body}\n", stanza.replace(" 15", &format!(" {factor}")))
        });
        assert!(matches!(decrypted(&bad), Err(AgeError::Malformed(_))), "{factor}");
    }
    for factor in [19_u8, 23, 64] {
        let bad = with_stanzas(|stanza, body| {
            format!("{}\n{body}\n", stanza.replace(" 15", &format!(" {factor}")))
        });
        assert!(matches!(decrypted(&bad), Err(AgeError::WorkFactor(found)) if found == factor));
    }
    let other = with_stanzas(|stanza, body| format!("{}\n{body}\n", stanza.replace(" 15", " 10")));
    assert!(matches!(decrypted(&other), Err(AgeError::WrongPassphrase)));
}

#[test]
fn other_files_are_told_from_ours() {
    let key = b"age-encryption.org/v1\n-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n";
    assert!(matches!(decrypted(key), Err(AgeError::NotAPassphrase)));
    assert!(matches!(decrypted(b"-----BEGIN AGE ENCRYPTED FILE-----\n"), Err(AgeError::Armored)));
    assert!(matches!(decrypted(b"age-encryption.org/v2\n"), Err(AgeError::Malformed(_))));
    assert!(begins_as_age(&encrypted(b"")));
    assert!(!begins_as_age(b"PK\x03\x04"));
}
