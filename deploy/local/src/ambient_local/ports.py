"""Which port each component listens on, on loopback alone."""

import random
import socket
from collections.abc import Collection, Mapping
from typing import Final

from ambient_local.components import HOST, PREFERRED_PORTS, Component

# Below the kernel's own range, from which it takes ports for outgoing connections.
_RANGE: Final = range(20000, 32000)


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def find_free(taken: Collection[int] = ()) -> int:
    """Return a port that nobody listens on and that is not among those taken."""
    while True:
        port = random.choice(_RANGE)  # noqa: S311 - a port is no secret
        if port not in taken and is_free(port):
            return port


def choose(
    kept: Mapping[Component, int], *, running: Collection[Component], preferred: bool
) -> dict[Component, int]:
    """Return a port for each component.

    Args:
        kept: The ports of an earlier start; one is given up only if somebody else has taken it.
        running: The components that listen now.
        preferred: Whether to try the well-known ports first.
    """
    chosen: dict[Component, int] = {}
    for component, favourite in PREFERRED_PORTS.items():
        port = kept.get(component, favourite if preferred else 0)
        if component not in running and (not port or not is_free(port)):
            port = find_free({*chosen.values(), *kept.values()})
        chosen[component] = port
    return chosen
