//! Why a client cannot be public.

/// Why a client cannot be public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicClientFault {
    /// It gets assertions about its users for servers elsewhere, for which it has to authenticate.
    GetsAssertions,
    /// It exchanges tokens, for which it has to authenticate.
    ExchangesTokens,
    /// It has its own keys, or external issuers that authenticate it.
    HasKeys,
    /// It has no callback URL.
    NeedsCallback,
    /// It would not require PKCE.
    NeedsPkce,
}
