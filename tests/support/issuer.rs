//! Another issuer of tokens, which serves its keys.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use pocketid::crypto::{Algorithm, JwkSet, SigningKey};

/// An issuer on this machine. Each address of it has its keys.
pub(crate) struct Issuer {
    pub(crate) url: String,
    pub(crate) key: SigningKey,
}

impl Issuer {
    pub(crate) fn start() -> Self {
        let pkcs8 = SigningKey::generate(Algorithm::Rs256).expect("a key");
        let key = SigningKey::from_pkcs8("issuer".to_owned(), Algorithm::Rs256, &pkcs8);
        let key = key.expect("the key");
        let keys = JwkSet { keys: vec![key.public_jwk()] };
        let body = serde_json::to_string(&keys).expect("JSON");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("it"));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let _ = stream.read(&mut [0; 4_096]).expect("a request");
                let length = body.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).expect("an answer");
            }
        });
        Self { url, key }
    }
}
