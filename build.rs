//! Compresses the OpenAPI document, which would be a sixtieth of the program otherwise.

use std::{
    env,
    error::Error,
    fs::File,
    io::{Write as _, copy},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};

const DOCUMENT: &str = "docs/openapi.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var("OUT_DIR")?;
    let compressed = File::create(Path::new(&folder).join("openapi.json.gz"))?;
    let mut encoder = GzEncoder::new(compressed, Compression::best());
    copy(&mut File::open(DOCUMENT)?, &mut encoder)?;
    encoder.finish()?.flush()?;
    Ok(())
}
