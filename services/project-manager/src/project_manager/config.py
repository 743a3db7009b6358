"""What the project-manager is told by its environment, beside what every service is told."""

from pydantic import Field

from ambient_chassis.settings import ServiceSettings
from ambient_contracts.names import PLATFORM_NAMESPACE


class Settings(ServiceSettings):
    """The project-manager's settings."""

    lease_namespace: str = Field(
        default=PLATFORM_NAMESPACE, description="Where the Lease of the leading replica lies."
    )
    lease_seconds: int = Field(
        default=15, ge=3, description="How long after a leader's end another one takes over."
    )
    workers: int = Field(default=8, ge=1, description="Projects that are worked on at a time.")
