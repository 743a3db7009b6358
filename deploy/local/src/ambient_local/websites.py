"""The website exceptions: hosts and ports that sessions may visit though they are not public.

They stand in a ConfigMap of the platform's namespace, which only a platform administrator writes.
"""

import json
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from ambient_contracts.names import PLATFORM_NAMESPACE
from ambient_contracts.website import WebsiteException
from ambient_local.kubectl import MANAGER, kubectl, kubectl_or_fail

CONFIG_MAP: Final = "platform"
KEY: Final = "website-exceptions"
_EXCEPTIONS: Final = TypeAdapter(tuple[WebsiteException, ...])


async def read_exceptions(kubeconfig: Path) -> tuple[WebsiteException, ...]:
    """Return the exceptions that are in force; none where they cannot be read."""
    said = await kubectl(
        *(kubeconfig, "get", "configmap", CONFIG_MAP, "--namespace", PLATFORM_NAMESPACE),
        *("--ignore-not-found", "-o", "json"),
    )
    if said.code != 0 or not said.output.strip():
        return ()
    try:
        return _EXCEPTIONS.validate_json(json.loads(said.output).get("data", {}).get(KEY, "[]"))
    except (ValidationError, ValueError):
        return ()


async def write_exceptions(kubeconfig: Path, exceptions: tuple[WebsiteException, ...]) -> None:
    """Put these exceptions in force, in place of those before.

    Raises:
        LocalError: If the cluster refuses.
    """
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": CONFIG_MAP, "namespace": PLATFORM_NAMESPACE},
        "data": {KEY: _EXCEPTIONS.dump_json(exceptions).decode()},
    }
    await kubectl_or_fail(
        *(kubeconfig, "apply", "--server-side", "--force-conflicts"),
        *(f"--field-manager={MANAGER}", "-f", "-"),
        stdin=json.dumps(manifest),
    )
