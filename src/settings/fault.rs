//! Faults in settings.

use std::fmt;

/// A fault in one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault {
    /// The variable.
    pub name: &'static str,
    /// The fault, to read after the name. Never contains a secret.
    pub fault: String,
    /// How to fix it.
    pub hint: String,
}

impl SettingFault {
    /// Creates the fault of a variable.
    pub fn new(name: &'static str, fault: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, fault: fault.into(), hint: hint.into() }
    }
}

impl From<SettingFault> for Faults {
    fn from(fault: SettingFault) -> Self {
        Self(vec![fault])
    }
}

/// All faults in the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Faults(Vec<SettingFault>);

impl Faults {
    /// Returns the value, or stores the fault.
    pub fn collect<T>(&mut self, result: Result<Option<T>, SettingFault>) -> Option<T> {
        result.unwrap_or_else(|fault| {
            self.0.push(fault);
            None
        })
    }

    /// Returns the value if there are no faults.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Adds more faults.
    pub fn extend(&mut self, faults: impl IntoIterator<Item = SettingFault>) {
        self.0.extend(faults);
    }

    /// Appends the faults of another list.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The faults in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &SettingFault> {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<_> =
            self.0.iter().map(|fault| format!("{} {}", fault.name, fault.fault)).collect();
        f.write_str(&faults.join("; "))
    }
}
