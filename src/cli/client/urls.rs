//! URLs among the options of clients.

use super::super::{clearable::Clearable, context::Context, error::CliError};
use crate::model::{
    redirect_uri::{RedirectUri, RedirectUriPattern},
    text::is_web_address,
};

/// Warns of callback URLs that sign-ins will refuse as insecure.
pub fn warn_of_insecure(ctx: &Context, patterns: &[RedirectUriPattern]) -> Result<(), CliError> {
    if ctx.settings()?.allow_insecure_callback_urls {
        return Ok(());
    }
    for pattern in patterns {
        let uri = pattern.as_str().parse::<RedirectUri>();
        if uri.is_ok_and(|uri| uri.is_insecure_http()) {
            ctx.report().warn(format!(
                "sign-ins with {} are refused while ALLOW_INSECURE_CALLBACK_URLS is false",
                pattern.as_str()
            ));
        }
    }
    Ok(())
}

/// Checks the URL of a page.
pub fn parse_url(text: &str) -> Result<String, String> {
    if is_web_address(text) {
        Ok(text.to_owned())
    } else {
        Err("it must be an address such as https://app.example.com".into())
    }
}

/// Checks the URL of a page; empty for none.
pub fn parse_url_or_none(text: &str) -> Result<Clearable<String>, String> {
    match text {
        "" => Ok(Clearable(None)),
        text => parse_url(text).map(|url| Clearable(Some(url))),
    }
}
