//! Words the refusals of changes of clients.

use super::CliError;
use crate::{
    model::{ClientId, ClientName},
    operations::clients::{
        PublicClientFault, SecurityProfileFault, TlsClientAuthFault, TrustedIssuersFault,
    },
};

/// The same faults of a public client in a configuration file, where the command-line hints do not
/// apply.
pub fn public_client_in_file(id: &ClientId, fault: PublicClientFault) -> CliError {
    match fault {
        PublicClientFault::ExchangesTokens => {
            CliError::refused(format!("the public client {id} cannot exchange tokens"))
                .hint("remove tokenExchanges, or isPublic")
        }
        PublicClientFault::GetsAssertions => {
            CliError::refused(format!("the public client {id} gets no assertions about its users"))
                .hint("remove identityAssertions, or isPublic")
        }
        PublicClientFault::HasKeys => {
            CliError::refused(format!("the public client {id} cannot authenticate with keys"))
                .hint("remove jwks and federatedIdentities, or isPublic")
        }
        PublicClientFault::NeedsCallback => CliError::refused(format!(
            "the public client {id} needs callbackURLs"
        ))
        .hint("a public client cannot authenticate, so its callback URLs must be registered"),
        PublicClientFault::NeedsPkce => {
            CliError::refused(format!("the public client {id} must use PKCE"))
                .hint("remove pkceEnabled, or isPublic")
        }
    }
}

pub(super) fn tls_client_auth(fault: TlsClientAuthFault) -> CliError {
    match fault {
        TlsClientAuthFault::AuthoritiesExpired => {
            CliError::usage("--tls-ca has no certificate that is valid now")
                .hint("give the certificates of authorities that have not expired")
        }
        TlsClientAuthFault::ChangesItsKeys => CliError::refused(
            "--tls-self-signed is not for a client that changes its keys by itself",
        )
        .hint(
            "give the name of its certificates and their authorities: --tls-subject and --tls-ca",
        ),
        TlsClientAuthFault::NeedsCertificate => {
            CliError::usage("--tls-self-signed needs a certificate among the keys of the client")
                .hint(
                    "give its certificates in PEM form, or keys that have some (x5c): --jwks FILE",
                )
                .hint("to let it prove itself in another way: --no-tls-subject")
        }
    }
}

pub(super) fn trusted_issuers(id: &ClientId, fault: TrustedIssuersFault) -> CliError {
    let give_up =
        format!("or let it trust none: pocketid client trusted-issuer remove {id} --issuer URL");
    match fault {
        TrustedIssuersFault::DescribesItself => CliError::refused(format!(
            "{id} describes itself; only a client that an administrator made may trust issuers"
        ))
        .hint("register one: pocketid client create NAME"),
        TrustedIssuersFault::List(fault) => {
            CliError::refused(format!("the list of issuers that {id} trusts {fault}"))
                .hint(format!("to see it: pocketid client trusted-issuer list {id}"))
        }
        TrustedIssuersFault::NotRestricted => CliError::refused(format!(
            "{id} would be open to everyone; trusted issuers may speak only for members of its groups"
        ))
        .hint(format!("give it a group: pocketid client update {id} --group GROUP"))
        .hint(give_up),
        TrustedIssuersFault::Public => CliError::refused(format!(
            "{id} would be public and could not prove itself, so it may not trust issuers"
        ))
        .hint(format!("make it confidential: pocketid client update {id} --confidential"))
        .hint(give_up),
        TrustedIssuersFault::Reauthentication => CliError::refused(format!(
            "{id} would want the passkey for each sign-in; trusted issuers sign users in without it"
        ))
        .hint(format!("leave that out: pocketid client update {id} --no-require-reauthentication"))
        .hint(give_up),
    }
}

pub(super) fn security_profile(name: &ClientName, fault: &SecurityProfileFault) -> CliError {
    match fault {
        SecurityProfileFault::Algorithm(algorithm) => CliError::refused(format!(
            "the profile fapi2 of {name} does not allow {}",
            algorithm.as_str()
        ))
        .hint("use ES256, PS256 or EdDSA"),
        SecurityProfileFault::Callback(pattern) => CliError::refused(format!(
            "the profile fapi2 of {name} does not allow the callback {}",
            pattern.as_str()
        ))
        .hint("use https, or http on 127.0.0.1 or [::1], and no *"),
        SecurityProfileFault::Public => {
            CliError::refused(format!("the profile fapi2 does not allow {name} to be public"))
                .hint("a client of this profile authenticates with keys of its own: --jwks FILE")
        }
    }
}

pub(super) fn public_client(fault: PublicClientFault) -> CliError {
    match fault {
        PublicClientFault::ExchangesTokens => {
            CliError::refused("a public client cannot authenticate, so it cannot exchange tokens")
                .hint("to make it confidential: pocketid client update CLIENT --confidential")
                .hint("to see what it may exchange: pocketid client exchange list CLIENT")
        }
        PublicClientFault::GetsAssertions => CliError::refused(
            "a public client cannot authenticate, so it gets no assertions about its users",
        )
        .hint("to make it confidential: pocketid client update CLIENT --confidential")
        .hint("to see for which servers it would: pocketid client identity-assertion list CLIENT"),
        PublicClientFault::HasKeys => CliError::usage(
            "a public client cannot authenticate with keys",
        )
        .hint("leave --public out, or the options for keys: --jwks, --federated and --tls-...")
        .hint(
            "those that a client has are removed by: pocketid client update CLIENT --no-jwks \
             --no-federated --no-tls-subject",
        ),
        PublicClientFault::NeedsCallback => CliError::usage("a public client needs a --callback")
            .hint("a public client cannot authenticate, so its callback URLs must be registered"),
        PublicClientFault::NeedsPkce => {
            CliError::usage("a public client must use PKCE").hint("leave --no-pkce out")
        }
    }
}
