"""Where the API server is and who we are there, as kubernetes-asyncio loads it.

This is the one module that imports kubernetes-asyncio. That takes two seconds of CPU, as it brings
each model of the API, so `Kube.connect` imports this module when it runs, and nothing else does.
"""

import copy
import os
from pathlib import Path
from typing import Final, Self

from kubernetes_asyncio.client.configuration import Configuration
from kubernetes_asyncio.client.rest import RESTClientObject
from kubernetes_asyncio.config import ConfigException, load_incluster_config, load_kube_config
from kubernetes_asyncio.config.incluster_config import (
    SERVICE_HOST_ENV_NAME,
    SERVICE_TOKEN_FILENAME,
)

from ambient_kube.errors import NotConfigured

UNLIMITED: Final = 0


class ServerConfiguration:
    """A loaded configuration: the server's address, its TLS, and our credential.

    The credential is read again when the server refuses it; the TLS is that of the first reading.
    """

    def __init__(self, configuration: Configuration, kubeconfig: Path | None) -> None:
        self._configuration = configuration
        self._kubeconfig = kubeconfig

    @classmethod
    async def load(cls, kubeconfig: Path | None) -> Self:
        """Load a kubeconfig, or what the process's surroundings say.

        Without a path: the files that KUBECONFIG names, else the Pod's ServiceAccount, else
        `~/.kube/config`.

        Raises:
            NotConfigured: If there is none, or it cannot be used.
        """
        return cls(await _load(kubeconfig), kubeconfig)

    @property
    def host(self) -> str:
        """The server's URL, without a slash at its end."""
        return (self._configuration.host or "").rstrip("/")

    @property
    def has_certificate(self) -> bool:
        """Whether a client certificate is our credential, or one of two."""
        return self._configuration.cert_file is not None

    async def authorization(self) -> str | None:
        """Return the Authorization header; a Pod's token is read again each minute."""
        try:
            settings = await self._configuration.auth_settings()
        except (OSError, ConfigException) as error:
            raise NotConfigured(0, "NotConfigured", f"cannot read our token: {error}") from error
        value = settings.get("BearerToken", {}).get("value")
        # A token file often ends in a line feed, which a header may not hold.
        return str(value).strip() if value else None

    async def reload(self) -> None:
        """Read the credential again where it came from.

        Raises:
            NotConfigured: If that is no longer possible.
        """
        fresh = await _load(self._kubeconfig)
        self._configuration.api_key = fresh.api_key
        self._configuration.refresh_api_key_hook = fresh.refresh_api_key_hook

    def transport(self, *, certificate: bool) -> RESTClientObject:
        """Open a pool of connections, with our client certificate or without any."""
        configuration = copy.copy(self._configuration)
        # Watches and followed logs hold a connection each: a limit would starve the lease.
        configuration.connection_pool_maxsize = UNLIMITED
        if not certificate:
            configuration.cert_file = configuration.key_file = None
        try:
            return RESTClientObject(configuration)
        except OSError as error:
            raise NotConfigured(0, "NotConfigured", f"cannot use our certificates: {error}") from (
                error
            )


async def _load(kubeconfig: Path | None) -> Configuration:
    configuration = Configuration()
    try:
        if kubeconfig is None and _in_cluster():
            load_incluster_config(  # type: ignore[no-untyped-call]
                client_configuration=configuration
            )
        else:
            files = str(kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config")
            await load_kube_config(files, client_configuration=configuration)
    except Exception as error:
        where = kubeconfig or "KUBECONFIG, a ServiceAccount or ~/.kube/config"
        raise NotConfigured(
            0, "NotConfigured", f"no usable configuration in {where}: {error}"
        ) from error
    return configuration


def _in_cluster() -> bool:
    named = os.environ.get("KUBECONFIG")
    in_pod = SERVICE_HOST_ENV_NAME in os.environ and Path(SERVICE_TOKEN_FILENAME).exists()
    return in_pod and not named
