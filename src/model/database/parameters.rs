//! Parses the two forms of a PostgreSQL address, as libpq does (PostgreSQL manual, 34.1.1): a URL,
//! or words such as `host=h user=u`. Both result in the same list of parameters.

/// The names of libpq's parameters (PostgreSQL manual, 34.1.2).
const KEYWORDS: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// The parameters in their order. If a name occurs twice, the last value counts.
pub(super) struct Parameters(Vec<Parameter>);

/// One parameter.
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) value: String,
}

impl Parameters {
    fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        // An empty value counts as not set.
        if !value.is_empty() {
            self.0.retain(|parameter| parameter.name != name);
            self.0.push(Parameter { name, value });
        }
    }

    /// Removes a parameter and returns its value.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let position = self.0.iter().position(|parameter| parameter.name == name)?;
        Some(self.0.remove(position).value)
    }

    /// Returns the remaining parameters.
    pub(super) fn into_rest(self) -> Vec<Parameter> {
        self.0
    }
}

/// Parses a URL, without `postgres://`.
pub(super) fn of_url(text: &str) -> Result<Parameters, String> {
    let end = text.find(['/', '?']).unwrap_or(text.len());
    let (authority, rest) = text.split_at(end);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !authority.contains('@') && path.contains('@') {
        return Err("has a username or password with / or ?: write them as %2F and %3F".into());
    }
    let mut parameters = Parameters(Vec::new());
    let hosts = match authority.rsplit_once('@') {
        None => authority,
        Some((who, hosts)) => {
            let (user, password) = who.split_once(':').unwrap_or((who, ""));
            parameters.push("user", decoded(user));
            parameters.push("password", decoded(password));
            hosts
        }
    };
    push_hosts(&mut parameters, hosts)?;
    parameters.push("dbname", decoded(path.strip_prefix('/').unwrap_or(path)));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        parameters.push(decoded(name), decoded(value));
    }
    Ok(parameters)
}

/// Parses `host:port`, or several separated by commas. IPv6 addresses are in brackets.
fn push_hosts(parameters: &mut Parameters, hosts: &str) -> Result<(), String> {
    if hosts.is_empty() {
        return Ok(());
    }
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[') {
            Some(rest) => {
                let (name, rest) = rest.split_once(']').ok_or("has an IPv6 address without ]")?;
                (name, rest.strip_prefix(':').unwrap_or(rest))
            }
            None => host.split_once(':').unwrap_or((host, "")),
        };
        names.push(decoded(name));
        ports.push(port.to_owned());
    }
    parameters.push("host", names.join(","));
    if ports.iter().any(|port| !port.is_empty()) {
        parameters.push("port", ports.join(","));
    }
    Ok(())
}

/// Decodes percent-encoding such as `%20`. Leaves invalid sequences as they are.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = hex.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a text begins like libpq words.
pub(super) fn are_in(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| KEYWORDS.contains(&name.trim()))
}

/// Whether a libpq parameter name followed by `=` occurs anywhere, ignoring case.
pub(super) fn are_somewhere_in(text: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = |(end, _): (usize, &str)| {
        let before = text[..end].trim_end();
        before.rsplit(|c| !is_of_name(c)).next().unwrap_or_default().to_ascii_lowercase()
    };
    text.match_indices('=').map(name).any(|name| KEYWORDS.contains(&name.as_str()))
}

/// Parses words: `name=value` or `name='a value'`. A backslash escapes the next character.
pub(super) fn of_words(text: &str) -> Result<Parameters, String> {
    let unreadable = || "is not made of words such as host=db.example.com user=me".to_owned();
    let mut parameters = Parameters(Vec::new());
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(unreadable)?;
        let name = name.trim();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(unreadable());
        }
        let (value, after) = word(after.trim_start()).ok_or_else(unreadable)?;
        parameters.push(name, value);
        rest = after.trim_start();
    }
    Ok(parameters)
}

/// Splits off the value at the start of a text; `None` when its quote is not closed.
fn word(text: &str) -> Option<(String, &str)> {
    let (is_quoted, text) = text.strip_prefix('\'').map_or((false, text), |text| (true, text));
    let (mut value, mut chars) = (String::new(), text.char_indices());
    while let Some((position, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            '\'' if is_quoted => return Some((value, &text[position + 1..])),
            c if c.is_whitespace() && !is_quoted => return Some((value, &text[position..])),
            c => value.push(c),
        }
    }
    (!is_quoted).then_some((value, ""))
}
