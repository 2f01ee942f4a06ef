#!/bin/sh
# Packs a binary with its documents: tarball.sh BINARY FOLDER.
set -eu
cd "$(dirname "$0")/.."
. packaging/release.sh

binary=$1 folder=$2
name=pocketid-$(version)-$(processor "$binary")-linux
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/$name" "$folder"
install -m 0755 "$binary" "$root/$name/pocketid"
cp -r man completions packaging/systemd README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$root/$name"
settle "$root/$name"
tar --create --directory "$root" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
    gzip -9n >"$folder/$name.tar.gz"
echo "$folder/$name.tar.gz"
