//! Real relying parties: a site that signs its users in through the provider, as Linkding does, and the
//! libraries that applications are built with.

mod apache;
mod applications;
mod authlib;
mod browser;
mod javascript;
mod mcp;
mod provider;
mod rust;
mod sign_in;
mod site;
