"""What every service is told by its environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings that all services share; each is the variable `AMBIENT_` and its name."""

    model_config = SettingsConfigDict(env_prefix="AMBIENT_", frozen=True, extra="ignore")

    nats_url: str = Field(default="nats://127.0.0.1:4222", description="Where NATS listens.")
    nats_user: str = Field(description="The service's identity on NATS.")
    nats_password: SecretStr = Field(description="That identity's password.")
    kubeconfig: Path | None = Field(
        default=None, description="How to reach the API server; in a cluster it is not needed."
    )
    host: str = Field(default="127.0.0.1", description="The address that HTTP listens on.")
    port: int = Field(description="The port that HTTP listens on.", ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
