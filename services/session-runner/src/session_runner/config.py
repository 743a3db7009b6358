"""What the session-runner is told by its environment, beside what every service is told."""

from typing import Final

from pydantic import AliasChoices, Field

from ambient_chassis.settings import ServiceSettings
from ambient_contracts.subjects import Source
from session_runner.domain.room import Share

_OTLP: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"


class RunnerSettings(ServiceSettings):
    """The session-runner's settings; each is the variable `AMBIENT_` and its name."""

    nats_user: str = Source.RUNNER
    port: int = Field(default=8003, ge=0, le=65535)
    identity: str = Field(
        default="", description="This replica's name in the leader's Lease; else the host's name."
    )
    workers: int = Field(default=8, ge=1, le=64, description="Sessions brought along at a time.")
    start_grace_seconds: float = Field(
        default=120,
        ge=0,
        description="How long a Pod may fail to start, as by an image that cannot be pulled.",
    )
    agent_image: str = Field(default="ambient-agent:0.1.0", description="The agent's image.")
    agent_command: tuple[str, ...] = Field(
        default=("ambient-agent",), min_length=1, description="What runs in it, as JSON."
    )
    agent_environment: dict[str, str] = Field(
        default={}, description="More variables for every agent, as JSON. No secrets: they show."
    )
    agent_otlp_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices("AMBIENT_AGENT_OTLP_ENDPOINT", _OTLP),
        description="Where agents send their spans; the runner's own where it is not set.",
    )
    agent_cpu_request: str = "100m"
    agent_cpu_limit: str = "500m"
    agent_memory_request: str = "256Mi"
    agent_memory_limit: str = "1Gi"
    agent_grace_seconds: int = Field(
        default=10, ge=0, description="How long an agent that is stopped may take to report."
    )
    job_ttl_seconds: int = Field(
        default=3600, ge=60, description="How long a Job, with its log, is kept after its end."
    )

    @property
    def share(self) -> Share:
        """What one session takes of its project's quota."""
        return Share(cpu=self.agent_cpu_limit, memory=self.agent_memory_limit)

    def environment(self) -> dict[str, str]:
        """Return the variables that every agent gets."""
        otlp = {_OTLP: self.agent_otlp_endpoint} if self.agent_otlp_endpoint else {}
        return {**otlp, **self.agent_environment}
