"""Run the webhook-gateway: `python -m webhook_gateway`."""

from ambient_chassis.service import run
from ambient_chassis.telemetry import configure_telemetry
from webhook_gateway.app import main
from webhook_gateway.config import GatewaySettings


def start() -> None:
    """Run until told to stop."""
    settings = GatewaySettings()
    configure_telemetry("webhook-gateway", level=settings.log_level, form=settings.log_format)
    run(lambda: main(settings))


if __name__ == "__main__":
    start()
