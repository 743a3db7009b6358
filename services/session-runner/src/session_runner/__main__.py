"""Run the session-runner: `python -m session_runner`."""

from ambient_chassis.service import run
from ambient_chassis.telemetry import configure_telemetry
from session_runner.app import run_service
from session_runner.config import RunnerSettings


async def _main() -> None:
    settings = RunnerSettings()
    configure_telemetry("session-runner", level=settings.log_level, form=settings.log_format)
    await run_service(settings)


if __name__ == "__main__":
    run(_main)
