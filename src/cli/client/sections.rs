//! The sections of the help of `client create` and `client update`.

/// What people see of the application.
pub const APPLICATION: &str = "Application";
/// The recipe of the application.
pub const RECIPE: &str = "From a recipe";
/// The addresses of the application.
pub const ADDRESSES: &str = "Addresses";
/// Who may sign in, and what is asked of them.
pub const SIGN_IN: &str = "Sign-in";
/// What is asked of the client.
pub const CLIENT: &str = "Client authentication";
/// The tokens of the client.
pub const TOKENS: &str = "Tokens";
