"""What the platform needs in a cluster: its definitions, roles, admission policies, namespace.

Applied by server-side apply, so that doing it again changes nothing, and a change of the files is
carried over by the next start.
"""

import asyncio
import json
from pathlib import Path
from typing import Final

from ambient_contracts.names import API_GROUP, API_VERSION, PLATFORM_NAMESPACE
from ambient_contracts.resources import RESOURCES
from ambient_local.errors import LocalError
from ambient_local.home import checkout
from ambient_local.kubectl import MANAGER, kubectl, kubectl_or_fail

_POLICIES_SECONDS: Final = 60
_TOO_EARLY: Final = "There can be a delay between"
_ESTABLISHED: Final = "{.status.conditions[?(@.type=='Established')].status}"


async def apply_manifests(kubeconfig: Path) -> None:
    """Apply everything of `deploy/`, and return when the custom resources can be written.

    Raises:
        LocalError: If the cluster refuses something, or does not come to it.
    """
    deploy = checkout() / "deploy"
    await _apply(kubeconfig, deploy / "crds")
    await kubectl_or_fail(
        kubeconfig,
        # `--for=condition=…` fails on a definition that has no condition yet.
        *("wait", f"--for=jsonpath={_ESTABLISHED}=True", "--timeout=30s", "crd"),
        *(f"{plural}.{API_GROUP}" for plural in ("projects", "botaccounts", "agenticsessions")),
    )
    await _apply(kubeconfig, deploy / "rbac" / "namespace.yaml")
    await _apply(kubeconfig, deploy / "rbac", deploy / "admission")
    await _await_policies(kubeconfig)


async def _await_policies(kubeconfig: Path) -> None:
    """Wait until the mutating policies know the custom resources' schemas.

    The API server looks for new ones every 5 s, and refuses (503) to write such an object until
    then. What it says otherwise of an object that is only tried does not matter.
    """
    tried = "\n".join(
        json.dumps(
            {
                "apiVersion": f"{API_GROUP}/{API_VERSION}",
                "kind": resource.definition.kind,
                "metadata": {"name": "tried", "namespace": PLATFORM_NAMESPACE},
                "spec": {},
            }
        )
        for resource in RESOURCES
    )
    try:
        async with asyncio.timeout(_POLICIES_SECONDS):
            while True:
                arguments = ("create", "--dry-run=server", "--validate=false", "-f", "-")
                said = await kubectl(kubeconfig, *arguments, stdin=tried)
                if _TOO_EARLY not in said.output:
                    return
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise LocalError("The API server does not learn the custom resources' schemas.") from error


async def _apply(kubeconfig: Path, *files: Path) -> None:
    await kubectl_or_fail(
        kubeconfig,
        *("apply", "--server-side", "--force-conflicts", f"--field-manager={MANAGER}"),
        *(word for file in files for word in ("-f", file)),
    )
