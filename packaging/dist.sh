#!/bin/sh
# Puts everything that a release consists of into target/dist, after `make image`: the image, a tarball of
# its static program, the Debian package, the SBOM, and the checksums. The same commit in the same folder
# gives the same files, with the same compiler.
set -eu
cd "$(dirname "$0")/.."
. packaging/release.sh

dist=target/dist
name=pocketid-$(version)
SOURCE_DATE_EPOCH=$(source_date)
export SOURCE_DATE_EPOCH

# cargo-cyclonedx is installed below target/, in two minutes.
sbom() {
    cargo install --quiet --locked --root target/tools cargo-cyclonedx@0.5.9
    PATH=$PWD/target/tools/bin:$PATH cargo cyclonedx --format json --spec-version 1.5 \
        --target "$(rustc -vV | sed -n 's/^host: //p')" --override-filename sbom
    # Where it was built is nobody's business.
    sed "s|path+file://$PWD|path+file:///pocketid|g" sbom.json >"$dist/$name.cdx.json"
    rm sbom.json
}

rm -rf "$dist" && mkdir -p "$dist"
podman save --quiet --format docker-archive pocketid | gzip -9n >"$dist/$name-image.tar.gz"
sh packaging/tarball.sh target/release/pocketid "$dist"
# In the package, with the C library of Debian, which resolves names as the machine is told to.
cargo build --locked --release --bin pocketid
sh packaging/debian/build.sh target/release/pocketid "$dist"
sbom
(cd "$dist" && sha256sum -- * >SHA256SUMS)
