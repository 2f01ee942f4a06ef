//! How busy the database is.

use super::{Engine, Store, sqlite::WriterLoad};

/// How busy the database is.
#[derive(Debug, Clone, Copy)]
pub struct StoreLoad {
    /// The name of the engine.
    pub engine: &'static str,
    /// The connections to PostgreSQL that are open.
    pub open: usize,
    /// Those of them that are idle.
    pub idle: usize,
    /// The writer of SQLite.
    pub writer: Option<WriterLoad>,
}

impl Store {
    /// How busy the database is. Reads numbers in memory only.
    pub fn busyness(&self) -> StoreLoad {
        match &self.engine {
            Engine::Postgres(postgres) => {
                let counts = postgres.connections();
                let (open, idle) = (counts.open, counts.idle);
                StoreLoad { engine: "postgresql", open, idle, writer: None }
            }
            Engine::Sqlite(sqlite) => {
                let writer = Some(sqlite.writer().load());
                StoreLoad { engine: "sqlite", open: 0, idle: 0, writer }
            }
        }
    }
}
