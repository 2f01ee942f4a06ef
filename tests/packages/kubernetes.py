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
    for probe in "startupProbe", "readinessProbe", "livenessProbe":
        assert container[probe]["httpGet"] == {"path": "/healthz", "port": port["name"]}
    patience = container["livenessProbe"]["periodSeconds"] * container["livenessProbe"]["failureThreshold"]
    assert patience >= 600, "a restart does not bring a database back"
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
