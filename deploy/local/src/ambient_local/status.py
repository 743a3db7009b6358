"""What `ambient status` says of a local platform."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ambient_contracts.website import WebsiteException
from ambient_local.components import Component


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Urls(_Said):
    """Where each part of the platform listens."""

    gateway: str
    projects: str
    sessions: str
    audit: str
    nats: str


class Tokens(_Said):
    """A bearer token for each person that the local cluster knows; for local use alone."""

    admin: str = Field(default="", repr=False)
    alice: str = Field(default="", repr=False)
    bob: str = Field(default="", repr=False)
    carol: str = Field(default="", repr=False)


class ComponentStatus(_Said):
    """One process."""

    running: bool
    healthy: bool
    pid: int | None = None
    reason: str | None = None
    """What is wrong with it."""


class Status(_Said):
    """The whole platform."""

    urls: Urls
    kubeconfig: str
    tokens: Tokens
    healthy: bool
    components: dict[Component, ComponentStatus]
    website_exceptions: tuple[WebsiteException, ...] = ()
    """Hosts and ports that sessions may visit though they are not public."""
