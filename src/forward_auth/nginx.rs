//! Lines of `nginx.conf`.

use std::fmt::Write as _;

use super::{
    ends::ProxyEnds,
    paths::{CHECK_FOR_NGINX, FOLDER, check_of},
};
use crate::model::{HostAddress, ProtectedHost};

/// The host is written out: nginx finds a server by the line of the request or by its default, while `$http_host` is whatever
/// a browser says. `proxy_set_header` replaces what a browser sent; an empty value removes it. Names with `_` and `.`
/// are dropped by nginx itself.
pub(super) fn lines(host: &ProtectedHost, ends: &ProxyEnds) -> String {
    let ProxyEnds { pocketid, application } = ends;
    let (mut read, mut set) = (String::new(), String::new());
    for name in host.headers.names() {
        let variable = name.to_ascii_lowercase().replace('-', "_");
        let _ = writeln!(
            read,
            "        auth_request_set $pocketid_{variable} $upstream_http_{variable};"
        );
        let _ = writeln!(set, "        proxy_set_header {name} $pocketid_{variable};");
    }
    if host.accepts_api_keys {
        set += "        proxy_set_header X-API-Key \"\";\n";
    }
    let (host, name) = (&host.host, host.host.name());
    let ours = ours(host, pocketid);
    format!(
        "\
server {{
    server_name {name};
    # Your lines for listen and ssl_certificate.

    location / {{
        auth_request {FOLDER}check;
        auth_request_set $pocketid_location $upstream_http_location;
        auth_request_set $pocketid_cookie $upstream_http_set_cookie;
{read}        error_page 401 = @pocketid;
{set}        proxy_set_header Host {host};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host {host};
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Real-IP $remote_addr;
        # Your lines for WebSockets, if the application has any.
        proxy_pass http://{application};
    }}
{ours}}}
"
    )
}

/// The locations that lead to this server. nginx takes headers of 4 KiB only unless it is told otherwise.
fn ours(host: &HostAddress, pocketid: &str) -> String {
    let check = check_of(host, CHECK_FOR_NGINX);
    format!(
        "
    location = {FOLDER}check {{
        internal;
        proxy_pass http://{pocketid}{check};
        proxy_pass_request_body off;
        proxy_buffer_size 16k;
        proxy_buffers 4 16k;
        proxy_set_header Content-Length \"\";
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host {host};
        proxy_set_header X-Forwarded-Method $request_method;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Uri $request_uri;
    }}

    location {FOLDER} {{
        proxy_pass http://{pocketid};
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host {host};
        proxy_set_header X-Forwarded-Method $request_method;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}

    location @pocketid {{
        if ($pocketid_location = \"\") {{
            return 401;
        }}
        add_header Set-Cookie $pocketid_cookie;
        return 302 $pocketid_location;
    }}
"
    )
}
