# `make test` is all that a change has to pass, after `make lint`.

.PHONY: check lint test test-deps generate docs pictures bench static image dist

check: lint test

lint:
	cargo fmt --check
	cargo fmt --check --manifest-path tests/relying_party/rust/Cargo.toml
	cargo clippy --locked --all-targets -- -D warnings

# Chromium, PostgreSQL, and the relying parties, if they are missing.
test-deps:
	sh tests/setup.sh

test: test-deps target/static/pocketid
	cargo test --locked
	POCKETID_TEST_ENGINE=postgres cargo test --locked --test integration -- \
	    store:: protocol:: clean_up:: crash:: relying_party:: cli::transcripts cli::story cli::config

# Man pages, the reference and completions, from the model of the command line; the table of endpoints, and its OpenAPI document. A test tells when they are stale.
generate:
	cargo build --locked --quiet
	rm -f man/*.1
	cargo run --locked --quiet -- man man
	cargo run --locked --quiet -- man > docs/commands.md
	cargo run --locked --quiet -- export-config --schema > docs/pocketid-config.schema.json
	cargo run --locked --quiet -- completions bash > completions/pocketid.bash
	cargo run --locked --quiet -- completions fish > completions/pocketid.fish
	cargo run --locked --quiet -- completions zsh > completions/_pocketid
	UPDATE_REST_API=1 cargo test --locked --quiet --lib the_reference_of_the_endpoints
	UPDATE_RECIPE_PAGES=1 cargo test --locked --quiet --test integration pages_of_recipes

# The documentation as a site with a search, in target/docs. mdbook takes minutes to build, so tests do without it.
docs:
	@mdbook --version >/dev/null 2>&1 || { echo "mdbook is missing: cargo install --locked mdbook --version 0.5.4"; exit 1; }
	mdbook build

# Every page of the settings, in both colour schemes and on a phone, to look at.
pictures:
	POCKETID_PICTURES="$(CURDIR)/target/pictures" \
	    cargo test --locked --test integration -- --ignored browser::pictures browser::terminal_pictures

bench:
	cargo bench --locked --bench budgets

# The processor of `make static` and `make image`: this machine's, or as in PLATFORM=linux/arm64, which needs what
# docs/development.md names.
OWN_PLATFORM := linux/$(shell dpkg --print-architecture)
PLATFORM ?= $(OWN_PLATFORM)
ifeq ($(PLATFORM),$(OWN_PLATFORM))
STATIC := target/release/pocketid
TAG := pocketid
else
TARGET := $(if $(filter linux/arm64,$(PLATFORM)),aarch64,x86_64)-unknown-linux-gnu
STATIC := target/$(TARGET)/release/pocketid
TAG := pocketid:$(notdir $(PLATFORM))
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER ?= aarch64-linux-gnu-gcc
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER ?= x86_64-linux-gnu-gcc
endif

# Addresses that are set at the start take 8 bytes less each, half a MiB in all.
STATIC_FLAGS := -C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs

# One file without any library, for every Linux of that processor.
static:
	cargo rustc --locked --release --bin pocketid $(addprefix --target ,$(TARGET)) -- $(STATIC_FLAGS)

# The container image, from that file and from Debian's certificates and time zones.
image: static
	PLATFORM=$(PLATFORM) sh packaging/image/build.sh $(STATIC) $(TAG)

# What a release consists of, in target/dist: image, Debian package, tarball, SBOM, checksums.
dist: image
	sh packaging/dist.sh

# The same program as the one that is tested, but for the tests of the image. Only the last step of the build differs.
.PHONY: target/static/pocketid
target/static/pocketid:
	cargo rustc --locked --bin pocketid -- $(STATIC_FLAGS)
	mkdir -p target/static
	cp target/debug/pocketid target/static/
