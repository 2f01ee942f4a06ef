//! A client's request to sign a user out (RP-Initiated Logout §2).

use super::{Params, reply_to::echoed_state};
use crate::model::{
    Client,
    redirect_uri::{RedirectUri, VerifiedRedirect},
};

/// Returns the redirect URI after the logout, provided that the client has registered it
/// (RP-Initiated Logout §3).
///
/// `None` when the client requested none.
pub fn onward(params: &Params, client: Option<&Client>) -> Result<Option<String>, LogoutFault> {
    let Some(uri) = params.value("post_logout_redirect_uri") else { return Ok(None) };
    let client = client.ok_or(LogoutFault::UnknownClient)?;
    let uri = RedirectUri::parse_post_logout(uri).map_err(|_| LogoutFault::NotRegistered)?;
    let registered = &client.post_logout_redirect_uris;
    let redirect =
        VerifiedRedirect::verify(uri, registered).map_err(|_| LogoutFault::NotRegistered)?;
    let state = echoed_state(params).map(|state| ("state", state));
    Ok(Some(redirect.with_query(state.as_slice())))
}

/// Why the browser is not redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutFault {
    /// The request names no client, or an unknown one.
    #[error("the client is unknown")]
    UnknownClient,
    /// The client has not registered the URI.
    #[error("post_logout_redirect_uri is not registered")]
    NotRegistered,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClientType, Timestamp};

    fn client() -> Client {
        let (id, name) = ("web".parse().unwrap(), "Web".parse().unwrap());
        let mut client = Client::new(id, name, ClientType::Confidential, Timestamp::from_unix(0));
        client.redirect_uris = vec!["https://app.example.com/cb".parse().unwrap()];
        client.post_logout_redirect_uris = vec!["https://app.example.com/bye".parse().unwrap()];
        client
    }

    fn asked(query: &str) -> Result<Option<String>, LogoutFault> {
        onward(&Params::parse(query.as_bytes()).unwrap(), Some(&client()))
    }

    /// RP-Initiated Logout §3.
    #[test]
    fn the_browser_goes_where_the_client_asked_and_nowhere_else() {
        assert_eq!(asked(""), Ok(None));
        let bye = "post_logout_redirect_uri=https://app.example.com/bye";
        assert_eq!(asked(bye), Ok(Some("https://app.example.com/bye".into())));
        assert_eq!(
            asked(&format!("{bye}&state=a%26b")),
            Ok(Some("https://app.example.com/bye?state=a%26b".into()))
        );
        for uri in
            ["https://app.example.com/cb", "https://app.example.com/bye/", "bye", "https://evil/"]
        {
            let query = format!("post_logout_redirect_uri={uri}");
            assert_eq!(asked(&query), Err(LogoutFault::NotRegistered), "{uri}");
        }
    }

    #[test]
    fn nobody_is_redirected_for_an_unknown_client() {
        let params =
            Params::parse(b"post_logout_redirect_uri=https://app.example.com/bye").unwrap();
        assert_eq!(onward(&params, None), Err(LogoutFault::UnknownClient));
    }
}
