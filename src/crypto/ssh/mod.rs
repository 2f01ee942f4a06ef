//! SSH: keys, certificates and revocation lists as OpenSSH reads them (PROTOCOL.certkeys,
//! PROTOCOL.krl), and the messages for its agent (draft-ietf-sshm-ssh-agent).

mod agent;
mod ca;
mod certificate;
mod key_pair;
mod krl;
mod public_key;
mod wire;

pub use agent::{AgentFault, AgentIdentity, REQUEST_IDENTITIES, SUCCESS, read_identities, removal};
pub use ca::{SshCa, SshCaPublicKey, SshCertificateKind, SshSignFault, SshTemplate};
pub use certificate::SshCertificate;
pub use key_pair::{PrivateKeyFile, SshKeyPair};
pub use krl::{RevokedSerials, krl_version, write_krl};
pub use public_key::{SshKeyFault, SshPublicKey};
