"""The platform as processes on a developer's machine.

Arrives: a folder (`$AMBIENT_HOME`), and perhaps a kubeconfig of somebody's own cluster. Leaves: a
local cluster, a NATS server and the four services, all on loopback, and nothing once it is down.
Not done here: anything that a deployed platform needs; the services know nothing of this package.
"""

from ambient_local.components import Component
from ambient_local.errors import LocalError
from ambient_local.home import Home
from ambient_local.platform import Platform
from ambient_local.progress import Progress, Report
from ambient_local.status import Status, Tokens, Urls

__all__ = [
    "Component",
    "Home",
    "LocalError",
    "Platform",
    "Progress",
    "Report",
    "Status",
    "Tokens",
    "Urls",
]
