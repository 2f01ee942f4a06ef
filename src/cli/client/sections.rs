//! The sections of the help of `client create` and `client update`.

/// The details of the application that people see.
pub const APPLICATION: &str = "Application";
/// The recipe of the application.
pub const RECIPE: &str = "From a recipe";
/// The addresses of the application.
pub const ADDRESSES: &str = "Addresses";
/// The conditions of a sign-in.
pub const SIGN_IN: &str = "Sign-in";
/// The authentication of the client.
pub const CLIENT: &str = "Client authentication";
/// The tokens of the client.
pub const TOKENS: &str = "Tokens";
