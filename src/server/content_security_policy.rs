//! The rules for what browsers load and do on our pages (Content Security Policy Level 3).

/// Allows nothing from other sites and nothing inline.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// The policy with more targets for forms, for `response_mode=form_post`.
pub(super) fn with_form_action(sources: &str) -> String {
    POLICY.replace("form-action 'self'", &format!("form-action 'self' {sources}"))
}
