#!/bin/sh
# An evening with pocketid, as somebody would write it down: a new installation, its applications, its
# configuration in a file, a backup, an accident, and the way back. It stops at the first thing that goes
# wrong.
set -eu

fail() {
    echo "story: $1" >&2
    exit 1
}

# The people.
pocketid group create family --friendly-name "The family" --if-absent
pocketid setup --username alice --email alice@example.com > alice.link
for name in bob carol; do
    pocketid user add "$name" --email "$name@example.com" --group family --if-absent
done
pocketid group assign family alice
pocketid user claims bob quota=10GB

# The applications; what they need goes where they read it.
pocketid client create linkding --recipe linkding --url https://links.example.com -o env > linkding.env
pocketid client create immich --recipe immich --url https://photos.example.com --group family > immich.txt
pocketid client create grafana --recipe grafana --url https://grafana.example.com -o env > grafana.env
grep -q '^OIDC_RP_CLIENT_SECRET=.\{32\}$' linkding.env || fail "linkding has no secret"
[ "$(pocketid client list | wc -l)" -eq 3 ] || fail "there are not three clients"

# The rest is configuration in a file. It says what it changes, changes it, and then has nothing to change.
cat > pocketid.yaml <<'YAML'
settings:
  appName: Example ID
groups:
  - name: family
    friendlyName: The family
  - name: guests
    members: [dora]
users:
  - username: dora
    email: dora@example.com
YAML
pocketid diff -f pocketid.yaml > plan && fail "there is nothing to apply"
grep -q guests plan || fail "the plan does not have the group"
pocketid apply -f pocketid.yaml
pocketid diff -f pocketid.yaml || fail "what was applied is not there"
[ "$(pocketid config get appName)" = "Example ID" ] || fail "the name was not set"

# All of it in one file, proven.
printf 'correct horse battery staple' > passphrase
pocketid backup evening.zip --passphrase-file passphrase
pocketid backup verify evening.zip --passphrase-file passphrase
pocketid export-config > before.yaml

# The accident.
for name in bob carol dora; do pocketid user remove "$name" --yes; done
pocketid group delete family --yes
pocketid client delete linkding --yes
pocketid user disable alice --yes
pocketid recover alice && fail "somebody who is disabled was let in"

# The way back.
pocketid restore evening.zip --passphrase-file passphrase --yes
pocketid export-config > after.yaml
cmp before.yaml after.yaml || fail "something is not as it was"
pocketid recover alice > recovered.link
grep -q '^https://id.example.com/lc/' recovered.link || fail "alice has no way in"
pocketid doctor --offline || true
echo "All is well."
