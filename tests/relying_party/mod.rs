//! A site that signs its users in through the provider, as Linkding does.

mod provider;
mod sign_in;
mod site;
