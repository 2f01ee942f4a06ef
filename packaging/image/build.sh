#!/bin/sh
# Builds the container image from a static program and the files of this Debian: build.sh PROGRAM [TAG]
# Nothing is downloaded. PLATFORM names another processor, such as linux/arm64.
set -eu
program=$(realpath "$1")
tag=${2:-pocketid}
cd "$(dirname "$0")"
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

root=$context/root
mkdir -p "$root/app" "$root/etc/ssl/certs" "$root/usr/share" "$context/data"
install -m 755 "$program" "$root/app/pocketid"
ln -s pocketid "$root/app/pocket-id"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cp -R /usr/share/zoneinfo "$root/usr/share/"
# The same zones again, with leap seconds, without, and as a text, and lists for people to choose from: nothing here reads them.
(cd "$root/usr/share/zoneinfo" && rm -rf posix right tzdata.zi leapseconds ./*.tab ./*.list)
printf 'root:x:0:0::/:\npocketid:x:1000:1000::/app:\n' >"$root/etc/passwd"
printf 'root:x:0:\npocketid:x:1000:\n' >"$root/etc/group"
install -d -m 1777 "$root/tmp"

# The format of Docker, since that of OCI has no health check.
buildah bud --quiet --format docker --file Containerfile --tag "$tag" \
    --platform "${PLATFORM:-linux/$(dpkg --print-architecture)}" \
    --build-arg "VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' ../../Cargo.toml | head -n 1)" \
    --build-arg "REVISION=$(git rev-parse HEAD)" \
    --timestamp "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" \
    "$context"
