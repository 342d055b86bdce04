"""The configuration for Kubernetes, as far as it can be checked without one, and the guide."""

from __future__ import annotations

import importlib
import re
import shlex
from typing import Any

import click
import pytest
from essay_library import ROOT

from assistant.cli import cli

GUIDE = ROOT / "docs" / "cluster.md"


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    """The documents of the file, by kind."""
    yaml = pytest.importorskip("yaml")
    text = (ROOT / "docs" / "kuberay.yaml").read_text("utf-8")
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


@pytest.fixture(scope="module")
def cluster(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The cluster of the service."""
    spec: dict[str, Any] = documents["RayService"]["spec"]["rayClusterConfig"]
    return spec


def test_ray_serve_takes_the_configuration_of_the_page(documents: dict[str, dict[str, Any]]) -> None:
    schema = pytest.importorskip("ray.serve.schema")
    yaml = pytest.importorskip("yaml")
    service = documents["RayService"]
    assert service["apiVersion"] == "ray.io/v1"
    config = schema.ServeDeploySchema.model_validate(yaml.safe_load(service["spec"]["serveConfigV2"]))
    (page,) = config.applications
    module, _, name = page.import_path.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
    assert page.args.keys() == {"library", "auth_file"}
    (deployment,) = page.deployments
    assert (deployment.name, deployment.num_replicas) == ("page", 2)
    assert not config.logging_config.enable_access_log


def test_ray_reads_the_groups_of_the_cluster(
    documents: dict[str, dict[str, Any]], cluster: dict[str, Any]
) -> None:
    config = pytest.importorskip("ray.autoscaler._private.kuberay.autoscaling_config")
    metadata = documents["RayService"]["metadata"]
    derive = vars(config)["_derive_autoscaling_config_from_ray_cr"]
    found = derive({"metadata": metadata, "spec": cluster})
    shards = found["available_node_types"]["shards"]
    assert (shards["min_workers"], shards["max_workers"], shards["resources"]["CPU"]) == (2, 8, 4)


def test_every_pod_has_the_library_and_the_accounts(
    documents: dict[str, dict[str, Any]], cluster: dict[str, Any]
) -> None:
    page_router = pytest.importorskip("assistant.cluster.page_router")
    claim = documents["PersistentVolumeClaim"]["metadata"]["name"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    assert len(groups) == 2
    for group in groups:
        pod = group["template"]["spec"]
        (container,) = pod["containers"]
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounts == {"shelf": "/shelf", "accounts": "/accounts"}
        assert {volume["name"] for volume in pod["volumes"]} == mounts.keys()
        assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim
        environment = {variable["name"]: variable["value"] for variable in container["env"]}
        assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
        assert environment.items() >= page_router.PROXIES.items()


def _guide() -> list[str]:
    """The ten commands of the guide."""
    section = GUIDE.read_text("utf-8").partition("## From one folder to three machines")[2]
    lines = section.split("```")[1].strip().splitlines()
    return [re.sub(r"\s+# \d+ .*", "", line) for line in lines]


def test_the_guide_has_ten_commands_that_the_program_takes() -> None:
    commands = _guide()
    assert len(commands) == 10
    for line in commands:
        program, *words = shlex.split(line)
        if program != "assistant":
            continue
        command: click.Command = cli
        context = click.Context(command)
        while isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, line
            command = found
        command.make_context("assistant", words)
