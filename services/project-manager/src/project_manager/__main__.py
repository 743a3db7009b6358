"""`python -m project_manager`: run the service."""

from ambient_chassis.service import run as run_service
from project_manager.app import run
from project_manager.config import Settings


def main() -> None:
    """Run the service with the settings of its environment."""
    run_service(lambda: run(Settings()))


if __name__ == "__main__":
    main()
