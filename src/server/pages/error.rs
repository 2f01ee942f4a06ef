//! The page for errors

use super::Layout;

/// Explains the error and the next action.
#[derive(Debug, askama::Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub layout: Layout,
    pub problem: PageProblem,
    /// The id of the request in the log, so that an administrator can find it.
    pub request_id: Option<String>,
}

/// The error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageProblem {
    /// Access was refused, by the user or by the server.
    Denied,
    /// The client waits for an administrator.
    ClientPending {
        client: String,
    },
    /// No administrator was asked for the client yet, and the user can do that.
    ClientUnlisted {
        client: String,
    },
    InteractionExpired,
    InteractionUsed,
    Internal,
    /// The invitation is used, expired, revoked or unknown.
    InvitationOver,
    /// The user is in none of the groups that may use the client.
    NotAllowed {
        client_name: String,
    },
    NotFound,
    /// The application's request is invalid, for a reason that its developer understands.
    Other {
        status: u16,
        message: String,
    },
    /// The URI is shown, but never a link or a redirect: RFC 6749 §3.1.2.4.
    RedirectUriNotRegistered {
        redirect_uri: String,
        client: String,
    },
    /// The browser sent one of our cookies twice. One of them was set by someone else.
    RepeatedCookie,
    /// Signup is disabled, or needs an invitation.
    SignupClosed,
    /// The request took too long.
    TimedOut,
    /// As many clients wait for administrators as may wait, of this user or altogether.
    TooManyPending,
    TooManyRequests,
    /// The database is temporarily unavailable.
    Unavailable,
    UnknownClient {
        client: String,
    },
}

impl PageProblem {
    /// The code in the log.
    pub fn code(&self) -> &'static str {
        let key = self.title_key();
        key.trim_start_matches("problem.").trim_end_matches(".title")
    }

    /// The status of the response.
    pub fn status(&self) -> u16 {
        match self {
            Self::Internal => 500,
            Self::ClientPending { .. }
            | Self::ClientUnlisted { .. }
            | Self::Denied
            | Self::InvitationOver
            | Self::NotAllowed { .. }
            | Self::SignupClosed => 403,
            Self::NotFound => 404,
            Self::Other { status, .. } => *status,
            Self::TimedOut => 504,
            Self::TooManyPending | Self::TooManyRequests => 429,
            Self::Unavailable => 503,
            Self::InteractionExpired
            | Self::InteractionUsed
            | Self::RedirectUriNotRegistered { .. }
            | Self::RepeatedCookie
            | Self::UnknownClient { .. } => 400,
        }
    }

    fn title_key(&self) -> &'static str {
        match self {
            Self::ClientPending { .. } => "problem.client_pending.title",
            Self::ClientUnlisted { .. } => "problem.client_unlisted.title",
            Self::Denied => "problem.denied.title",
            Self::InteractionExpired => "problem.interaction_expired.title",
            Self::InteractionUsed => "problem.interaction_used.title",
            Self::Internal => "problem.internal.title",
            Self::InvitationOver => "problem.invitation_over.title",
            Self::NotAllowed { .. } => "problem.not_allowed.title",
            Self::NotFound => "problem.not_found.title",
            Self::Other { .. } => "problem.other.title",
            Self::RedirectUriNotRegistered { .. } => "problem.redirect_uri.title",
            Self::RepeatedCookie => "problem.repeated_cookie.title",
            Self::SignupClosed => "problem.signup_closed.title",
            Self::TimedOut => "problem.timed_out.title",
            Self::TooManyPending => "problem.too_many_pending.title",
            Self::TooManyRequests => "problem.too_many.title",
            Self::Unavailable => "problem.unavailable.title",
            Self::UnknownClient { .. } => "problem.unknown_client.title",
        }
    }

    fn message(&self, layout: &Layout) -> String {
        match self {
            Self::ClientPending { .. } => layout.t("problem.client_pending.message").to_owned(),
            Self::ClientUnlisted { .. } => layout.t("problem.client_unlisted.message").to_owned(),
            Self::Denied => layout.t("problem.denied.message").to_owned(),
            Self::InteractionExpired => layout.t("problem.interaction_expired.message").to_owned(),
            Self::InteractionUsed => layout.t("problem.interaction_used.message").to_owned(),
            Self::Internal => layout.t("problem.internal.message").to_owned(),
            Self::InvitationOver => layout.t("problem.invitation_over.message").to_owned(),
            Self::NotAllowed { client_name } => {
                layout.with("problem.not_allowed.message", "client", client_name)
            }
            Self::NotFound => layout.t("problem.not_found.message").to_owned(),
            Self::Other { .. } => layout.t("problem.other.message").to_owned(),
            Self::RedirectUriNotRegistered { .. } => {
                layout.t("problem.redirect_uri.message").to_owned()
            }
            Self::RepeatedCookie => layout.t("problem.repeated_cookie.message").to_owned(),
            Self::SignupClosed => layout.t("problem.signup_closed.message").to_owned(),
            Self::TimedOut => layout.t("problem.timed_out.message").to_owned(),
            Self::TooManyPending => layout.t("problem.too_many_pending.message").to_owned(),
            Self::TooManyRequests => layout.t("problem.too_many.message").to_owned(),
            Self::Unavailable => layout.t("problem.unavailable.message").to_owned(),
            Self::UnknownClient { .. } => layout.t("problem.unknown_client.message").to_owned(),
        }
    }

    /// The next action for the user.
    fn hint<'a>(&self, layout: &'a Layout) -> &'a str {
        layout.t(match self {
            Self::Denied | Self::InteractionExpired | Self::InteractionUsed => {
                "problem.hint.start_again"
            }
            Self::ClientPending { .. } => "problem.hint.ask_for_client",
            Self::ClientUnlisted { .. } => "problem.hint.ask_if_known",
            Self::Internal => "problem.hint.report",
            Self::InvitationOver | Self::SignupClosed => "problem.hint.ask_for_invitation",
            Self::NotAllowed { .. } => "problem.hint.ask_for_group",
            Self::NotFound => "problem.hint.check_address",
            Self::Other { .. }
            | Self::RedirectUriNotRegistered { .. }
            | Self::UnknownClient { .. } => "problem.hint.tell_administrator",
            Self::RepeatedCookie => "problem.hint.clear_cookies",
            Self::TooManyPending => "problem.hint.wait_for_answers",
            Self::TimedOut | Self::TooManyRequests | Self::Unavailable => "problem.hint.wait",
        })
    }

    /// Whether the page is not about an error, and must not alarm the user.
    fn is_calm(&self) -> bool {
        matches!(
            self,
            Self::InteractionUsed | Self::ClientPending { .. } | Self::ClientUnlisted { .. }
        )
    }

    /// The rejected input, shown as text.
    fn evidence(&self) -> Option<&str> {
        match self {
            Self::RedirectUriNotRegistered { redirect_uri, .. } => Some(redirect_uri),
            Self::Other { message, .. } => Some(message),
            Self::ClientPending { client }
            | Self::ClientUnlisted { client }
            | Self::UnknownClient { client } => Some(client),
            _ => None,
        }
    }

    /// The text that explains the command to an administrator.
    fn about_command(&self, layout: &Layout) -> String {
        let key = match self {
            Self::RedirectUriNotRegistered { .. } => "problem.redirect_uri.for_administrators",
            _ => "problem.for_administrators",
        };
        layout.with(key, "app", &layout.app_name)
    }

    /// The command that helps an administrator. The id of an unknown client is a stranger's text,
    /// and must not be in a command to paste. The redirect URI is a stranger's text, too, but it is
    /// the value to add, and is shown above for the administrator to judge.
    fn command(&self) -> Option<String> {
        match self {
            Self::RedirectUriNotRegistered { client, redirect_uri } => Some(format!(
                "pocketid client update {} --add-callback {}",
                shell_word(client),
                shell_word(redirect_uri)
            )),
            Self::ClientPending { .. } => Some("pocketid client pending".to_owned()),
            Self::UnknownClient { .. } => Some("pocketid client list".to_owned()),
            _ => None,
        }
    }

    /// The client that the user can ask an administrator for.
    fn asks_for(&self) -> Option<&str> {
        match self {
            Self::ClientUnlisted { client } => Some(client),
            _ => None,
        }
    }

    /// The target of the button, and the key of its label.
    fn way_on(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::NotAllowed { .. } => Some(("/logout", "problem.action.other_account")),
            Self::NotFound => Some(("/settings/account", "problem.action.account")),
            Self::InvitationOver | Self::SignupClosed => Some(("/login", "problem.action.sign_in")),
            _ => None,
        }
    }
}

/// Quotes a word for a POSIX shell, unless it has plain characters only.
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::super::gallery;
    use super::*;

    #[test]
    fn a_command_to_paste_is_safe_to_paste() {
        assert_eq!(shell_word("0b7e-42_a.b"), "0b7e-42_a.b");
        assert_eq!(shell_word("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }

    /// RFC 6749 §3.1.2.4: the user must not be redirected to an unregistered URI, nor be tempted to
    /// open it.
    #[test]
    fn an_unregistered_redirect_uri_is_text_and_no_link() {
        let uri = "https://evil.example/\"><script>";
        let html = gallery::error(PageProblem::RedirectUriNotRegistered {
            redirect_uri: uri.to_owned(),
            client: "linkding".to_owned(),
        })
        .render()
        .unwrap();

        assert!(html.contains("https://evil.example/&#34;&#62;&#60;script&#62;"));
        assert!(!html.contains("href=\"https://evil.example"));
        let command = "pocketid client update linkding --add-callback \
                       &#39;https://evil.example/&#34;&#62;&#60;script&#62;&#39;";
        assert!(html.contains(command), "{html}");
    }

    #[test]
    fn an_unknown_client_does_not_get_into_a_command() {
        let problem = PageProblem::UnknownClient { client: "$(reboot)".to_owned() };

        assert_eq!(problem.command().as_deref(), Some("pocketid client list"));
    }
}
