"""Credentials by which each service reaches the API server: its own ServiceAccount's token."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from ambient_contracts.names import PLATFORM_NAMESPACE
from ambient_local.components import SERVICES, Component
from ambient_local.files import write_private
from ambient_local.home import Home
from ambient_local.kubectl import kubectl_or_fail

_LIFETIME: Final = "8760h"
"""A developer's platform is not restarted each hour; a cluster may grant less."""


async def write_identities(home: Home, kubeconfig: Path) -> None:
    """Write a kubeconfig for each service, with a new token in it.

    Raises:
        LocalError: If the cluster issues none.
    """
    said = await kubectl_or_fail(
        kubeconfig, "config", "view", "--minify", "--flatten", "--raw", "-o", "json"
    )
    (cluster,) = json.loads(said)["clusters"]
    await asyncio.gather(
        *(_write_identity(home, kubeconfig, service, cluster["cluster"]) for service in SERVICES)
    )


async def _write_identity(
    home: Home, kubeconfig: Path, service: Component, cluster: dict[str, Any]
) -> None:
    token = await kubectl_or_fail(
        *(kubeconfig, "create", "token", service.value),
        *("--namespace", PLATFORM_NAMESPACE, "--duration", _LIFETIME),
    )
    manifest = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "ambient",
        "clusters": [{"name": "ambient", "cluster": cluster}],
        "users": [{"name": service.value, "user": {"token": token.strip()}}],
        "contexts": [{"name": "ambient", "context": {"cluster": "ambient", "user": service.value}}],
    }
    write_private(home.kubeconfig_of(service), json.dumps(manifest, indent=2) + "\n")
