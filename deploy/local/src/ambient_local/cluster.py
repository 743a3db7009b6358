"""The cluster: the local one as a process, or one that somebody gives by a kubeconfig."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import TypeAdapter

from ambient_local.build import ensure_devcluster
from ambient_local.components import Component
from ambient_local.config import Config
from ambient_local.home import Home, checkout
from ambient_local.identities import write_identities
from ambient_local.kubectl import kubectl
from ambient_local.manifests import apply_manifests
from ambient_local.part import Part
from ambient_local.status import Tokens

_TOKENS = TypeAdapter(dict[str, str])


class ClusterPart(Part):
    """A Kubernetes cluster, with everything of `deploy/` in it once it is settled."""

    startup: ClassVar[float] = 180.0
    grace: ClassVar[float] = 20.0

    @property
    def is_ours(self) -> bool:
        """Whether it is the local cluster."""
        return self.setting.config.kubeconfig is None

    async def command(self) -> Sequence[str | Path]:
        """Return the local cluster; its node finds Pods' programs beside this Python."""
        program = await ensure_devcluster(self.setting.progress)
        return [
            *(program, "up", "--data-dir", self.setting.home.cluster),
            *("--port", str(self.setting.config.ports[Component.CLUSTER])),
            *("--pod-path", Path(sys.executable).parent),
            # A quota counts only the kinds that the controllers find when they start.
            *("--crds", checkout() / "deploy" / "crds"),
            # There before the controllers start, so that quotas count sessions from the first one.
            *("--crds", checkout() / "deploy" / "crds"),
        ]

    def environment(self) -> dict[str, str]:
        """Return the developer's, without what is meant for this platform."""
        return {
            name: value for name, value in os.environ.items() if not name.startswith("AMBIENT_")
        }

    async def what_is_wrong(self) -> str | None:
        """Return None if the API server calls itself ready, else what it says."""
        if self.is_ours and not (self.setting.home.cluster / "ready").exists():
            return "it is not ready yet"
        file = kubeconfig(self.setting.home, self.setting.config)
        said = await kubectl(file, "get", "--raw", "/readyz", "--request-timeout=3s")
        if said.code == 0:
            return None
        last = (said.output.strip().splitlines() or ["kubectl said nothing"])[-1]
        return f"the API server is not ready ({last})"

    async def settle(self) -> None:
        """Apply what the platform needs, and give each service its credentials."""
        file = kubeconfig(self.setting.home, self.setting.config)
        await apply_manifests(file)
        await write_identities(self.setting.home, file)


def kubeconfig(home: Home, config: Config) -> Path:
    """Return the administrator's kubeconfig."""
    return config.kubeconfig or home.cluster / "kubeconfig"


def tokens(home: Home, config: Config) -> Tokens:
    """Return the people's tokens; somebody's own cluster has none that we know."""
    if config.kubeconfig is not None:
        return Tokens()
    try:
        text = (home.cluster / "tokens.json").read_bytes()
    except FileNotFoundError:
        return Tokens()
    return Tokens.model_validate(_TOKENS.validate_json(text))
