//! Backups as they are on disk, taken apart and put together again by other means than the program's.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
};

use serde_json::{Value, json};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The members of an archive by their names.
pub(crate) struct Members(pub(crate) BTreeMap<String, Vec<u8>>);

impl Members {
    pub(crate) fn read(path: &Path) -> Self {
        let mut zip = ZipArchive::new(File::open(path).unwrap()).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let members = names.into_iter().map(|name| {
            let mut content = Vec::new();
            zip.by_name(&name).unwrap().read_to_end(&mut content).unwrap();
            (name, content)
        });
        Self(members.collect())
    }

    pub(crate) fn write(&self, path: &Path) {
        let mut zip = ZipWriter::new(File::create(path).unwrap());
        for (name, content) in &self.0 {
            zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap();
    }

    pub(crate) fn manifest(&self) -> Value {
        serde_json::from_slice(&self.0["manifest.json"]).unwrap()
    }

    pub(crate) fn set_manifest(&mut self, manifest: &Value) {
        self.0.insert("manifest.json".into(), serde_json::to_vec(manifest).unwrap());
    }

    /// The rows of a table as lines.
    pub(crate) fn lines(&self, table: &str) -> Vec<String> {
        let text = &self.0[&format!("tables/{table}.jsonl")];
        String::from_utf8(text.clone()).unwrap().lines().map(str::to_owned).collect()
    }

    /// Puts other rows into a table, with a manifest that is right about them.
    pub(crate) fn set_lines(&mut self, table: &str, lines: &[String]) {
        let name = format!("tables/{table}.jsonl");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let mut manifest = self.manifest();
        for member in manifest["members"].as_array_mut().unwrap() {
            if member["name"] == name.as_str() {
                member["size"] = json!(text.len());
                member["sha256"] = json!(pocketid::crypto::Digest::of(&text).hex());
                member["rows"] = json!(lines.len());
            }
        }
        self.0.insert(name, text.into_bytes());
        self.set_manifest(&manifest);
    }
}
