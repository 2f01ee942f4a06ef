"""Checks a compose file with labels for Traefik: compose.py FILE LIST

The list has a line for each endpoint: whether it is restricted, its method, and its path.
"""

import re
import sys

import yaml

LABEL = re.compile(r"^(\s*)# (traefik\.|  )")


def read(text):
    return yaml.safe_load(text)["services"]["pocketid"]["labels"]


def fits(rule, method, path):
    """Whether a request fits a rule; a Host always does."""

    def answer(match):
        name, value = match.groups()
        if name == "Host":
            return "True"
        if name == "Method":
            return str(method == value)
        assert name == "PathRegexp", name
        return str(bool(re.search(value, path)))

    told = re.sub(r"(\w+)\(`([^`]*)`\)", answer, rule)
    told = told.replace("&&", " and ").replace("||", " or ").replace("$$", "$")
    assert re.fullmatch(r"(True|False|and|or|[\s()])+", told), told
    return eval(told)  # Nothing but words of logic is left.


def router(labels, method, path):
    """The router of a request: of those that fit, the one with the highest priority."""
    rules = {key.split(".")[3]: rule for key, rule in labels.items() if key.endswith(".rule")}
    fitting = [name for name, rule in rules.items() if fits(rule.replace("$$", "$"), method, path)]
    return max(fitting, key=lambda name: int(labels.get(f"traefik.http.routers.{name}.priority", 0)))


def main(file, endpoints):
    text = open(file).read()
    document = yaml.safe_load(text)
    service = document["services"]["pocketid"]
    labels = service["labels"]
    assert all(isinstance(value, str) for value in labels.values()), "labels are texts"
    assert labels["traefik.http.services.pocketid.loadbalancer.server.port"] == "1411"
    assert service["image"] == "pocketid" and "data:/app/data" in service["volumes"]
    network = document["networks"]["proxy"]["ipam"]["config"][0]["subnet"]
    assert service["environment"]["TRUST_PROXY"] == network, "Traefik's network is believed"
    assert not any("trustedips" in it or "insecure" in it for it in document["services"]["traefik"]["command"])

    labels = read("".join(LABEL.sub(r"\1\2", line) for line in text.splitlines(True)))
    assert labels["traefik.http.routers.administration.middlewares"] == "inside"
    for line in open(endpoints):
        restricted, method, path = line.split()
        found = router(labels, method, path)
        assert (found == "administration") == (restricted == "true"), f"{method} {path}: {found}"


main(*sys.argv[1:])
