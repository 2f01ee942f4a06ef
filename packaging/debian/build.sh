#!/bin/sh
# Builds the Debian package of a binary: build.sh BINARY FOLDER. Needs dpkg-deb, and nothing else.
# DEB_COMPRESSION=none saves the time where nobody downloads it.
set -eu
cd "$(dirname "$0")/../.."
. packaging/release.sh

binary=$1 folder=$2
maintainer=${POCKETID_MAINTAINER:-The pocketid authors <packages@pocketid.invalid>}
# A pre-release is before its release.
version=$(version | sed 's/-/~/')
case $(processor "$binary") in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
esac
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# The C library that a binary needs, by the newest of its symbols; a static one needs none.
dependencies() {
    needed=$(grep -ao 'GLIBC_[0-9.]*' "$binary" | sort -Vu | tail -n 1)
    if grep -aq '/ld-linux' "$binary"; then
        echo "libc6 (>= ${needed#GLIBC_}), libgcc-s1, "
    fi
}

put() {
    install -D -m 0644 "$1" "$root/$2"
}

compressed() {
    mkdir -p "$root/$(dirname "$2")"
    gzip -9n <"$1" >"$root/$2"
}

changelog() {
    printf 'pocketid (%s) unstable; urgency=medium\n\n' "$version"
    printf '  * CHANGELOG.md.gz in this folder has the changes.\n\n'
    printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -uR -d "@$(source_date)")"
}

copyright() {
    cat packaging/debian/copyright
    printf 'License: MIT\n'
    sed -e 1,4d -e 's/^$/./' -e 's/^/ /' LICENSE-MIT
    printf '\nLicense: Apache-2.0\n /usr/share/common-licenses/Apache-2.0 has the text.\n'
}

control() {
    cat <<END
Package: pocketid
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Depends: $(dependencies)passwd
Recommends: ca-certificates, tzdata
Suggests: caddy | nginx, postgresql
Section: net
Priority: optional
Description: OpenID Connect provider with passkeys
 People sign in to your applications with a passkey, and with nothing else.
 pocketid is one program: the server, its pages and REST API, and a command
 for everything that an administrator does. It keeps its data in a file, or
 in PostgreSQL, and takes over the data of a Pocket ID 2.
END
}

mkdir -p "$root/DEBIAN" "$root/usr/bin" "$folder"
install -m 0755 "$binary" "$root/usr/bin/pocketid"
put packaging/systemd/pocketid.service usr/lib/systemd/system/pocketid.service
put packaging/debian/env usr/share/pocketid/env
put completions/pocketid.bash usr/share/bash-completion/completions/pocketid
put completions/pocketid.fish usr/share/fish/vendor_completions.d/pocketid.fish
put completions/_pocketid usr/share/zsh/vendor-completions/_pocketid
for page in man/*.1; do
    compressed "$page" "usr/share/man/man1/$(basename "$page").gz"
done
doc=usr/share/doc/pocketid
put README.md $doc/README.md
put packaging/proxies/Caddyfile $doc/examples/Caddyfile
put packaging/proxies/nginx.conf $doc/examples/nginx.conf
compressed CHANGELOG.md $doc/CHANGELOG.md.gz
copyright >"$root/$doc/copyright"
changelog | gzip -9n >"$root/$doc/changelog.gz"
control >"$root/DEBIAN/control"
for script in postinst prerm postrm; do
    install -m 0755 packaging/debian/$script "$root/DEBIAN/$script"
done
settle "$root"
SOURCE_DATE_EPOCH=$(source_date)
export SOURCE_DATE_EPOCH
package=$folder/pocketid_${version}_$architecture.deb
dpkg-deb --build --root-owner-group "-Z${DEB_COMPRESSION:-xz}" "$root" "$package" >/dev/null
echo "$package"
