"""What the audit service is told by its environment."""

from pydantic import Field

from ambient_chassis.settings import ServiceSettings


class AuditSettings(ServiceSettings):
    """Each is the variable `AMBIENT_` and its name."""

    port: int = Field(default=8083, description="The port that HTTP listens on.", ge=0, le=65535)
    database_url: str = Field(
        default="sqlite:///audit.db",
        description="Where records are kept: sqlite:///path or postgresql://user:password@host/db.",
    )
    heartbeat_seconds: float = Field(
        default=15, gt=0, description="After so long without a record a live stream says it lives."
    )
