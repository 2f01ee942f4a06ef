//! The integration tests, linked once.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod clean_up;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod crash;
mod documents;
#[cfg(test)]
mod forward_auth;
#[cfg(test)]
mod geography;
#[cfg(test)]
mod image;
#[cfg(test)]
mod packages;
#[cfg(test)]
mod postgres;
mod postgres_field;
mod postgres_schemas;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod relying_party;
mod schemathesis;
#[cfg(test)]
mod scim;
#[cfg(test)]
mod scim_server;
#[cfg(test)]
mod store;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod webhooks;
