"""Run the audit service: `python -m audit`."""

from ambient_chassis.service import run
from ambient_chassis.telemetry import configure_telemetry
from audit.app import main
from audit.config import AuditSettings


def start() -> None:
    """Run until told to stop."""
    settings = AuditSettings()
    configure_telemetry("audit", level=settings.log_level, form=settings.log_format)
    run(lambda: main(settings))


if __name__ == "__main__":
    start()
