"""What the app is deployed with: manifests and compose file by their schemas, the image by a linter, all by eye."""

import fnmatch
import json
import re
import runpy
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate.utils import ValidationError, validate

from sample_app.core.settings import Settings
from sample_app.inventory.main import create_app as create_inventory
from sample_app.main import create_app

DEPLOY = Path(__file__).parents[2] / "sample_app" / "deploy"
ROOT = DEPLOY.parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))

# The oldest with the `sleep` of preStop switched on, and the newest that is known.
KUBERNETES = ("1.30", "1.37")


def manifests(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "k8s" / f"{name}.yaml").read_text(encoding="utf-8")))


def manifest(name: str, kind: str) -> dict[str, Any]:
    (found,) = (one for one in manifests(name) if one["kind"] == kind)
    return found


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def variables(names: list[str]) -> set[str]:
    """The names of the app's own settings that are not there."""
    customary = {"DATABASE_URL", "OBJECT_STORE_URL", "REDIS_URL"}
    known = {f"SAMPLE_APP_{field.upper()}" for field in Settings.model_fields} | customary
    return set(names) - known


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("name", ["app", "worker", "inventory"])
def test_the_manifests_match_the_schemas_of_kubernetes(name: str, version: str) -> None:
    for one in manifests(name):
        assert validate(one, version, strict=True) == version


def test_a_manifest_with_a_slip_of_the_pen_does_not() -> None:
    deployment = manifest("app", "Deployment")
    deployment["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(ValidationError, match="readynessProbe"):
        validate(deployment, KUBERNETES[0], strict=True)


def test_each_file_has_what_it_needs() -> None:
    assert [one["kind"] for one in manifests("app")] == [
        "Service",
        "PodDisruptionBudget",
        "PersistentVolumeClaim",
        "Deployment",
    ]
    assert [one["kind"] for one in manifests("worker")] == ["PodDisruptionBudget", "Deployment"]
    assert [one["kind"] for one in manifests("inventory")] == [
        "Service",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Deployment",
    ]


@pytest.mark.parametrize("name", ["app", "worker", "inventory"])
def test_pods_have_no_rights_and_a_share_of_the_machine(name: str) -> None:
    deployment = manifest(name, "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {part: sorted(share) for part, share in container["resources"].items()} == {
        "requests": ["cpu", "memory"],
        "limits": ["memory"],
    }
    assert [probe for probe in container if probe.endswith("Probe")] == [
        "startupProbe",
        *(["readinessProbe", "livenessProbe"] if name == "worker" else ["livenessProbe", "readinessProbe"]),
    ]
    assert list(container["lifecycle"]) == ["preStop"]
    assert variables([variable["name"] for variable in container["env"]]) == set()
    # The budget and the deployment mean the same pods.
    budget = manifest(name, "PodDisruptionBudget")["spec"]["selector"]
    assert budget == deployment["spec"]["selector"]
    assert budget["matchLabels"] == deployment["spec"]["template"]["metadata"]["labels"]


def test_the_app_is_asked_where_it_answers() -> None:
    deployment = manifest("app", "Deployment")["spec"]
    (container,) = deployment["template"]["spec"]["containers"]
    paths = create_app().openapi()["paths"]
    asked = {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")}
    assert asked == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert set(asked.values()) <= set(paths)
    assert manifest("app", "PodDisruptionBudget")["spec"]["minAvailable"] < deployment["replicas"]
    # Time for preStop, then for the drain and the longest request, which gunicorn waits for.
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    graceful = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["graceful_timeout"]
    longest = Settings.model_fields["calculation_seconds"].default
    assert deployment["template"]["spec"]["terminationGracePeriodSeconds"] > pause + graceful
    assert graceful > Settings.model_fields["drain_seconds"].default + longest


def test_only_the_shop_reaches_the_inventory_and_asks_where_it_answers() -> None:
    deployment = manifest("inventory", "Deployment")["spec"]
    (container,) = deployment["template"]["spec"]["containers"]
    labels = deployment["template"]["metadata"]["labels"]
    service, policy = manifest("inventory", "Service"), manifest("inventory", "NetworkPolicy")["spec"]
    (port,) = container["ports"]
    assert container["command"][:2] == ["uvicorn", "sample_app.inventory.main:app"]
    assert (container["command"][-1], port["name"]) == (
        str(port["containerPort"]),
        service["spec"]["ports"][0]["targetPort"],
    )
    assert (service["spec"]["selector"], policy["podSelector"]["matchLabels"]) == (labels, labels)
    asked = {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")}
    assert set(asked.values()) <= set(create_inventory().openapi()["paths"])
    assert manifest("inventory", "PodDisruptionBudget")["spec"]["minAvailable"] < deployment["replicas"]
    # Who may ask it is who has its address.
    (rule,) = policy["ingress"]
    (peer,) = rule["from"]
    (chosen,) = peer["podSelector"]["matchExpressions"]
    component = "app.kubernetes.io/component"
    askers = {
        manifest(name, "Deployment")["spec"]["template"]["metadata"]["labels"][component] for name in ("app", "worker")
    }
    assert (chosen["key"], set(chosen["values"])) == (component, askers)
    for name in ("app", "worker"):
        (container,) = manifest(name, "Deployment")["spec"]["template"]["spec"]["containers"]
        assert "SAMPLE_APP_INVENTORY_URL" in {variable["name"] for variable in container["env"]}


def test_the_compose_file_matches_its_schema() -> None:
    command = [
        str(SCRIPTS / "check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        str(DEPLOY / "compose.yaml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "ok -- validation done\n")


def test_the_services_wait_until_what_they_need_is_healthy() -> None:
    services = compose()["services"]
    waiting = {
        name: {needed: how["condition"] for needed, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }
    assert waiting == {
        "app": {"postgres": "service_healthy", "redis": "service_healthy", "inventory": "service_healthy"},
        "worker": {"app": "service_healthy"},
        "inventory": {"postgres": "service_healthy"},
        "postgres": {},
        "redis": {},
    }
    assert [name for name, service in services.items() if "healthcheck" not in service] == []
    own = [services["app"], services["worker"], services["inventory"]]
    assert [(service["cap_drop"], service["read_only"]) for service in own] == [(["ALL"], True)] * 3
    assert [name for name, service in services.items() if "ports" in service] == ["app"]
    command, port = services["inventory"]["command"], services["inventory"]["command"][-1]
    assert (command[:2], port) == (["uvicorn", "sample_app.inventory.main:app"], "8001")
    assert services["app"]["environment"]["SAMPLE_APP_INVENTORY_URL"] == f"http://inventory:{port}"
    assert variables([name for service in own for name in service["environment"]]) == set()
    assert {service["image"] for service in services.values()} == {
        "sample-app:2.0.0",
        "postgres:17.5-alpine3.22",
        "redis:7.4.5-alpine3.21",
    }


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(word, re.sub(r"\s+", " ", rest)) for word, _, rest in (line.partition(" ") for line in lines if line)]


def test_the_linter_has_nothing_to_say_about_the_image() -> None:
    command = [str(SCRIPTS / "hadolint"), "--format", "json", str(DEPLOY / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_the_image_is_pinned_without_root_and_says_how_it_is() -> None:
    found = instructions()
    bases = [rest.split()[0] for word, rest in found if word == "FROM"]
    assert {bool(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", base)) for base in bases} == {True}
    assert [rest for word, rest in found if word == "USER"] == ["10001:10001"]
    (check,) = (rest for word, rest in found if word == "HEALTHCHECK")
    assert "http://127.0.0.1:8000/healthz" in check
    assert found[-1] == ("CMD", '["gunicorn", "--config", "sample_app/deploy/gunicorn.conf.py"]')
    names = re.findall(r"\b(SAMPLE_APP_\w+)=", " ".join(rest for word, rest in found if word == "ENV"))
    assert names == ["SAMPLE_APP_DATA_DIR", "SAMPLE_APP_ENVIRONMENT"]
    assert variables(names) == set()


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    copied = [
        word.removeprefix("./")
        for instruction, rest in instructions()
        if instruction == "COPY" and not rest.startswith("--from")
        for word in rest.split()[:-1]
    ]
    assert copied == ["pyproject.toml", "README.md", "LICENSE", "contractkit", ".ci/constraints.txt", "sample_app"]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [line.removeprefix("!") for line in ignore if line.startswith("!")]
    assert ignore[1] == "*"
    assert [name for name in copied if not any(fnmatch.fnmatch(name, pattern) for pattern in sent)] == []
