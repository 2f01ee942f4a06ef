//! Rows that the database accepts and the models reject.

use std::fmt;

use crate::store::columns::UnsoundValue;

/// Rows that the models reject: their number, and the faults of the first five.
#[derive(Debug, Clone, Default)]
pub struct UnsoundRows {
    count: u64,
    first: Vec<String>,
}

impl UnsoundRows {
    /// Records a row.
    pub(super) fn note(&mut self, member: &str, line: u64, fault: &UnsoundValue) {
        const TOLD: usize = 5;
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(format!("line {line} of {member}: {fault}"));
        }
    }

    /// Whether no rows were rejected.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Display for UnsoundRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => f.write_str("1 row has")?,
            count => write!(f, "{count} rows have")?,
        }
        write!(f, " values that this program cannot read: {}", self.first.join("; "))?;
        if self.count > self.first.len() as u64 {
            f.write_str("; and more")?;
        }
        Ok(())
    }
}
