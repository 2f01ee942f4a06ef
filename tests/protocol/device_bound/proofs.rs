//! The proofs of a browser that it has its key, and the challenges for them.

use pocketid::crypto::Algorithm;
use serde_json::json;

use super::{Browser, COOKIE, REFRESH, REGISTRATION, challenge};
use crate::support::dpop::ProofKey;

#[test]
fn bad_proofs_bind_nothing() {
    let mut it = Browser::new(Algorithm::Es256);
    let challenge = it.challenge.clone();
    let (other, private) = (ProofKey::new(), json!({"kty": "oct", "k": "AAAA"}));
    let mut with_private = it.key.jwk();
    with_private["d"] = json!("AAAA");
    let wrong_key = ProofKey::of(Algorithm::Es384);
    let proofs = [
        it.proof(&challenge, &json!({"typ": "JWT"}), &json!({})),
        it.proof(&challenge, &json!({"typ": null}), &json!({})),
        it.proof(&challenge, &json!({"alg": "none"}), &json!({})),
        it.proof(&challenge, &json!({"alg": "HS256"}), &json!({})),
        it.proof(&challenge, &json!({"jwk": null}), &json!({})),
        it.proof(&challenge, &json!({"jwk": other.jwk()}), &json!({})),
        it.proof(&challenge, &json!({"jwk": private}), &json!({})),
        it.proof(&challenge, &json!({"jwk": with_private}), &json!({})),
        it.proof("", &json!({}), &json!({})),
        it.proof("9999999999.AAAA", &json!({}), &json!({})),
        it.proof(&challenge.replace('.', "0."), &json!({}), &json!({})),
        it.proof("nonsense", &json!({}), &json!({})),
        it.proof(&challenge, &json!({}), &json!({"jti": null})),
        it.proof(&challenge, &json!({}), &json!({"jti": 7})),
        it.proof(&challenge, &json!({}), &json!({"much": "x".repeat(5_000)})),
        Browser { key: wrong_key, ..Browser::new(Algorithm::Es256) }.proof(
            &challenge,
            &json!({}),
            &json!({}),
        ),
        "\"a.b.c\"".to_owned(),
        "\"\"".to_owned(),
        "\"".to_owned(),
        String::new(),
        "x".repeat(5_000),
    ];
    for proof in proofs {
        let answer = it.post(REGISTRATION, &[("secure-session-response", proof.clone())]);
        assert_eq!(answer.status, 400, "{proof:.80}: {}", answer.text());
    }
    assert_eq!(it.post(REGISTRATION, &[]).error(), "400 invalid_session_proof");
    assert_eq!(it.op.number("SELECT COUNT(*) FROM sessions WHERE device_key IS NOT NULL"), 0);
    it.register().ok();
}

/// Drafts before 2026 had the key in a claim.
#[test]
fn the_key_may_be_in_a_claim() {
    let mut it = Browser::new(Algorithm::Es256);
    let key = it.key.jwk();
    let proof = it.proof(&it.challenge, &json!({"jwk": null}), &json!({"key": key}));
    it.post(REGISTRATION, &[("secure-session-response", proof)]).ok();
    assert!(it.is_signed_in());
    it.refresh().ok();
}

#[test]
fn a_challenge_is_good_once_for_minutes_for_its_session_and_purpose() {
    let mut it = Browser::bound();
    let challenge = it.ask();
    let proof = it.proof(&challenge, &json!({}), &json!({}));
    it.answer(proof.clone()).ok();
    // A replay, also of another proof of it, leads to another challenge and to no cookie.
    for again in [proof, it.proof(&challenge, &json!({}), &json!({"iat": 1}))] {
        let answer = it.answer(again);
        assert_eq!((answer.status, answer.headers.contains_key("set-cookie")), (403, false));
        let other = self::challenge(&answer);
        assert_ne!(other, challenge);
        let proof = it.proof(&other, &json!({}), &json!({}));
        it.answer(proof).ok();
    }
    // Two of one moment are two.
    assert_ne!(it.ask(), it.ask());
    // Too old. Nothing else is wrong with it: another one was not used.
    let challenge = it.ask();
    it.op.advance(90);
    let proof = it.proof(&challenge, &json!({}), &json!({}));
    it.answer(proof).ok();
    let challenge = it.ask();
    it.op.advance(121);
    let proof = it.proof(&challenge, &json!({}), &json!({}));
    assert_eq!(it.answer(proof).status, 403);
    // That of the offer, and the value of the cookie, are for something else.
    let cookie = it.person.agent.cookies[COOKIE].clone();
    for other in [it.challenge.clone(), cookie, "9999999999.AAAA".to_owned()] {
        let proof = it.proof(&other, &json!({}), &json!({}));
        assert_eq!(it.answer(proof).status, 403, "{other}");
    }
    // A challenge is no cookie.
    let challenge = it.ask();
    it.op.advance(70);
    it.person.agent.cookies.insert(COOKIE.to_owned(), challenge);
    assert!(!it.is_signed_in());
}

#[test]
fn a_proof_for_another_session_or_of_another_kind_is_refused() {
    let mut it = Browser::bound();
    let challenge = it.ask();
    let es384 = ProofKey::of(Algorithm::Es384);
    let proofs = [
        it.proof(&challenge, &json!({}), &json!({"sub": it.op.new_id().to_string()})),
        it.proof(&challenge, &json!({"typ": "dpop+jwt"}), &json!({})),
        it.proof(&challenge, &json!({"alg": "none"}), &json!({})),
        it.proof(&challenge, &json!({"alg": "RS256"}), &json!({})),
        format!(
            "\"{}\"",
            es384.sign(&it.op, &json!({"typ": "dbsc+jwt"}), &json!({"jti": challenge}))
        ),
        "\"a.b.c\"".to_owned(),
    ];
    for proof in proofs {
        assert_eq!(it.answer(proof.clone()).error(), "400 invalid_session_proof", "{proof:.60}");
    }
    for id in ["", "\"\"", "\"x\"", "nonsense", "\"018f0000-0000-7000-8000-000000000000\""] {
        let answer = it.post(REFRESH, &[("sec-secure-session-id", id.to_owned())]);
        assert_eq!(answer.error(), "404 not_found", "{id}");
    }
    assert_eq!(it.post(REFRESH, &[]).error(), "404 not_found");
    it.refresh().ok();
}
