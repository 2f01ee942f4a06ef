//! Messages of the agent protocol (draft-ietf-sshm-ssh-agent), without their length in front.

use super::wire::{Reader, put_string};

/// Asks for the keys that the agent has.
pub const REQUEST_IDENTITIES: u8 = 11;
/// The answer to it.
const IDENTITIES_ANSWER: u8 = 12;
/// Removes a key.
const REMOVE_IDENTITY: u8 = 18;
/// Adds a key under conditions.
pub(super) const ADD_ID_CONSTRAINED: u8 = 25;
/// The condition that the key is removed after a time.
pub(super) const CONSTRAIN_LIFETIME: u8 = 1;
/// The answer when something was done.
pub const SUCCESS: u8 = 6;

/// A key that an agent has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentIdentity {
    /// Its public key or certificate.
    pub blob: Vec<u8>,
    /// Its comment.
    pub comment: String,
}

/// An answer that is not of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the agent answered with something that is not a list of keys")]
pub struct AgentFault;

/// Reads the keys in an answer.
pub fn read_identities(answer: &[u8]) -> Result<Vec<AgentIdentity>, AgentFault> {
    identities(answer).ok_or(AgentFault)
}

fn identities(answer: &[u8]) -> Option<Vec<AgentIdentity>> {
    let mut reader = Reader(answer);
    if reader.byte()? != IDENTITIES_ANSWER {
        return None;
    }
    let count = reader.uint32()?;
    let mut found = Vec::new();
    for _ in 0..count {
        let blob = reader.string()?.to_vec();
        let comment = String::from_utf8_lossy(reader.string()?).into_owned();
        found.push(AgentIdentity { blob, comment });
    }
    Some(found)
}

/// The message that removes a key.
pub fn removal(identity: &AgentIdentity) -> Vec<u8> {
    let mut message = vec![REMOVE_IDENTITY];
    put_string(&mut message, &identity.blob);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_a_broken_answer_is_not() {
        let mut answer = vec![IDENTITIES_ANSWER, 0, 0, 0, 1];
        put_string(&mut answer, b"blob");
        put_string(&mut answer, b"name");
        let found = read_identities(&answer).unwrap();
        assert_eq!(found, [AgentIdentity { blob: b"blob".to_vec(), comment: "name".into() }]);
        assert_eq!(removal(&found[0]), [18, 0, 0, 0, 4, b'b', b'l', b'o', b'b']);
        for length in 0..answer.len() {
            assert_eq!(read_identities(&answer[..length]), Err(AgentFault), "{length}");
        }
        assert_eq!(read_identities(&[5]), Err(AgentFault));
    }
}
