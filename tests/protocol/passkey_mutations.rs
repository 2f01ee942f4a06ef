//! Answers of ceremonies with something changed at random: no panic, and no sign-in.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_URL_SAFE_NO_PAD,
};
use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    op::TestOp,
    soft_authenticator::SoftAuthenticator,
};

const ROUNDS: usize = 300;

/// Numbers that look random and are the same each time (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).expect("31 bits") % limit.max(1)
    }

    /// Changes bytes in one of the ways that things break on the wire.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let (at, other) = (self.below(bytes.len()), self.below(bytes.len()));
        match self.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[at] = u8::try_from(self.below(256)).expect("a byte"),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, b'0'),
            4 if !bytes.is_empty() => drop(bytes.remove(at)),
            _ => {
                let (from, to) = (at.min(other), at.max(other));
                bytes.extend_from_within(from..to);
            }
        }
    }

    /// Changes one binary member, or the whole text.
    fn mutate_answer(&mut self, answer: &Value, members: &[&str]) -> Vec<u8> {
        let mut answer = answer.clone();
        match self.below(members.len() + 1) {
            0 => {
                let mut text = answer.to_string().into_bytes();
                self.mutate(&mut text);
                text
            }
            index => {
                let member = &mut answer["response"][members[index - 1]];
                let mut bytes = decode(member).expect("a member");
                self.mutate(&mut bytes);
                *member = json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
                answer.to_string().into_bytes()
            }
        }
    }
}

/// A member in any form of base64.
fn decode(member: &Value) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = member.as_str()?.replace('+', "-").replace('/', "_");
    GeneralPurpose::new(&alphabet::URL_SAFE, config).decode(text).ok()
}

/// An answer that was accepted. An ignored member may hold anything, broken UTF-8 too.
fn read(answer: &[u8]) -> Value {
    serde_json::from_str(&String::from_utf8_lossy(answer)).expect("JSON")
}

fn post(agent: &mut Agent, path: &str, body: &[u8]) -> Answer {
    let body = Bytes::copy_from_slice(body);
    agent.send(Method::POST, path, Some("application/json"), body)
}

/// The parts that the signature covers, and the signature.
fn proof(answer: &Value) -> [Option<Vec<u8>>; 4] {
    let response = &answer["response"];
    [
        decode(&answer["rawId"]),
        decode(&response["clientDataJSON"]),
        decode(&response["authenticatorData"]),
        decode(&response["signature"]),
    ]
}

#[test]
fn no_changed_assertion_signs_anybody_in() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (mut agent, mut numbers, mut accepted) = (op.agent(), Numbers(0x9e37_79b9_7f4a_7c15), 0);
    let members = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
    for round in 0..ROUNDS {
        let options = agent.get("/api/webauthn/login/start").ok().json();
        let answer = alice.authenticator.assert(&options);
        let changed = numbers.mutate_answer(&answer, &members);

        let got = post(&mut agent, "/api/webauthn/login/finish", &changed);

        match got.status {
            400 | 401 => {}
            200 => {
                // Only where the changed member means nothing, such as `id`.
                let sent = read(&changed);
                assert_eq!(proof(&sent), proof(&answer), "round {round}");
                accepted += 1;
            }
            status => panic!("round {round}: {status} {}", got.text()),
        }
    }
    assert!(accepted < ROUNDS / 4, "{accepted} were accepted");
    alice.authenticator.sign_in(&mut op.agent()).ok();
}

/// Without attestation there is no proof of the model, the id and the counter. The challenge and the origin
/// have to be right all the same.
#[test]
fn no_changed_registration_is_taken_for_another_site_or_ceremony() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (mut numbers, mut accepted) = (Numbers(0x0123_4567_89ab_cdef), 0);
    for round in 0..ROUNDS {
        let options = alice.agent.get("/api/webauthn/register/start").ok().json();
        let answer = SoftAuthenticator::new(op.base_url()).create(&options);
        let changed = numbers.mutate_answer(&answer, &["clientDataJSON", "attestationObject"]);

        let got = post(&mut alice.agent, "/api/webauthn/register/finish", &changed);

        match got.status {
            400 => {}
            200 => {
                let sent = read(&changed);
                let data = decode(&sent["response"]["clientDataJSON"]).expect("base64");
                let data: Value = serde_json::from_slice(&data).expect("JSON");
                assert_eq!(data["type"], "webauthn.create", "round {round}");
                assert_eq!(data["challenge"], options["challenge"], "round {round}");
                assert_eq!(data["origin"], op.base_url(), "round {round}");
                let id = got.json()["id"].as_str().expect("an id").to_owned();
                let path = format!("/api/webauthn/credentials/{id}");
                alice.agent.json(Method::DELETE, &path, &Value::Null).ok();
                accepted += 1;
            }
            status => panic!("round {round}: {status} {}", got.text()),
        }
    }
    assert!(accepted < ROUNDS / 2, "{accepted} were accepted");
}
