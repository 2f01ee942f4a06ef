"""Checks the manifests: kubernetes.py FOLDER"""

import sys

import yaml


def main(folder):
    objects = {it["kind"]: it for it in yaml.safe_load_all(open(f"{folder}/pocketid.yaml"))}
    assert sorted(objects) == ["Deployment", "Ingress", "PodDisruptionBudget", "Service"]
    deployment = objects["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]

    assert deployment["replicas"] == 2
    assert deployment["selector"]["matchLabels"] == labels
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 1000
    assert pod["automountServiceAccountToken"] is False
    rights = container["securityContext"]
    assert rights["readOnlyRootFilesystem"] and rights["allowPrivilegeEscalation"] is False
    assert rights["capabilities"] == {"drop": ["ALL"]}

    (port,) = container["ports"]
    assert port["containerPort"] == 1411
    health = {"path": "/healthz", "port": port["name"]}
    assert container["startupProbe"]["httpGet"] == container["readinessProbe"]["httpGet"] == health
    alive = container["livenessProbe"]["httpGet"]
    assert alive == {"path": "/.well-known/jwks.json", "port": port["name"]}, "a restart brings no database back"
    volumes = {it["name"] for it in pod["volumes"]}
    assert all(it["name"] in volumes for it in container["volumeMounts"])

    settings = {it["name"]: it["value"] for it in container["env"]}
    assert "TRUST_PROXY" in settings and all(isinstance(it, str) for it in settings.values())
    secret = yaml.safe_load(open(f"{folder}/secret.example.yaml"))
    assert container["envFrom"] == [{"secretRef": {"name": secret["metadata"]["name"]}}]
    assert set(secret["stringData"]) == {"ENCRYPTION_KEY", "DB_CONNECTION_STRING"}
    assert "sslmode=verify-full" in secret["stringData"]["DB_CONNECTION_STRING"]

    service, budget = objects["Service"], objects["PodDisruptionBudget"]["spec"]
    assert service["spec"]["selector"] == labels == budget["selector"]["matchLabels"]
    (exposed,) = service["spec"]["ports"]
    assert exposed["targetPort"] == port["name"]
    assert budget["minAvailable"] < deployment["replicas"], "a node can be drained"

    ingress = objects["Ingress"]["spec"]
    (rule,) = ingress["rules"]
    assert settings["APP_URL"] == f"https://{rule['host']}" and [rule["host"]] == ingress["tls"][0]["hosts"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": service["metadata"]["name"], "port": {"name": exposed["name"]}}


main(sys.argv[1])
