"""The website exceptions, which stand in the ConfigMap `platform`."""

from typing import Final

import structlog
from pydantic import Field, TypeAdapter, ValidationError

from ambient_contracts.model import KubernetesModel
from ambient_contracts.names import PLATFORM_NAMESPACE
from ambient_contracts.resources.base import ObjectMeta
from ambient_contracts.website import WebsiteException
from ambient_kube import CONFIG_MAPS, Kube
from session_runner.adapters.refusals import find
from session_runner.adapters.resources import EXCEPTIONS_KEY, PLATFORM

_EXCEPTIONS: Final = TypeAdapter(tuple[WebsiteException, ...])
_log = structlog.get_logger()


class PlatformConfig(KubernetesModel):
    """The ConfigMap, as far as the runner reads it."""

    metadata: ObjectMeta
    data: dict[str, str] = Field(default_factory=dict)

    def exceptions(self) -> tuple[WebsiteException, ...]:
        """Return the exceptions; none where they cannot be read, since that is the safe side."""
        try:
            return _EXCEPTIONS.validate_json(self.data.get(EXCEPTIONS_KEY, "[]"))
        except ValidationError as error:
            _log.warning("website_exceptions_unreadable", error=str(error))
            return ()


class KubeWebsites:
    """Reads the exceptions as they are now."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def exceptions(self) -> tuple[WebsiteException, ...]:
        """As `ports.requests.Websites`."""
        found = await find(self._kube, CONFIG_MAPS, PLATFORM, PLATFORM_NAMESPACE)
        return PlatformConfig.model_validate(found).exceptions() if found else ()
