"""What the webhook-gateway is told by its environment, beside what every service is told."""

from typing import Literal

from limits import parse
from pydantic import Field, field_validator

from ambient_chassis.settings import ServiceSettings
from ambient_contracts.subjects import Source


class GatewaySettings(ServiceSettings):
    """The gateway's settings; each is the variable `AMBIENT_` and its name."""

    nats_user: str = Source.GATEWAY
    port: int = Field(default=8080, description="The port that HTTP listens on.", ge=0, le=65535)
    success_status: Literal[200, 202, 204] = Field(
        default=202, description="The answer to a delivery that was taken in; 204 has no body."
    )
    body_bytes: int = Field(
        default=1024**2, ge=1024, le=16 * 1024**2, description="A larger body is refused."
    )
    body_seconds: float = Field(
        default=10, gt=0, description="A body that takes longer is given up."
    )
    rate_per_address: str = Field(
        default="6000/minute", description="Requests from one address; IPv6 counts by /64."
    )
    rate_per_bot: str = Field(
        default="1200/minute", description="Authentic deliveries of one bot of one project."
    )
    judges: int = Field(
        default=2, ge=1, le=32, description="Processes that evaluate triggers side by side."
    )
    judge_milliseconds: int = Field(
        default=250,
        ge=10,
        le=5000,
        description="Processor time that a project's triggers have for one delivery, together.",
    )
    judge_mebibytes: int = Field(
        default=512, ge=128, description="Memory that such a process may have."
    )

    @field_validator("rate_per_address", "rate_per_bot")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        parse(value)
        return value
