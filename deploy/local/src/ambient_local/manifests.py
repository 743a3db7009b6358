"""What the platform needs in a cluster: its definitions, roles, admission policies, namespace.

Applied by server-side apply, so that doing it again changes nothing, and a change of the files is
carried over by the next start.
"""

from pathlib import Path
from typing import Final

from ambient_contracts.names import API_GROUP
from ambient_local.home import checkout
from ambient_local.kubectl import MANAGER, kubectl_or_fail

_ESTABLISHED: Final = "{.status.conditions[?(@.type=='Established')].status}"


async def apply_manifests(kubeconfig: Path) -> None:
    """Apply everything of `deploy/`, and return when the custom resources are served.

    Raises:
        LocalError: If the cluster refuses something.
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


async def _apply(kubeconfig: Path, *files: Path) -> None:
    await kubectl_or_fail(
        kubeconfig,
        *("apply", "--server-side", "--force-conflicts", f"--field-manager={MANAGER}"),
        *(word for file in files for word in ("-f", file)),
    )
