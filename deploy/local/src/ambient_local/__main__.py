"""`python -m ambient_local go|devcluster`: bring the program if need be, and say where it lies."""

import asyncio
import sys

from ambient_local.build import ensure_devcluster, ensure_go
from ambient_local.errors import LocalError
from ambient_local.progress import Report


def _show(report: Report) -> None:
    sys.stderr.write(f"{report.step}: {report.text}\n")


def main(arguments: list[str]) -> None:
    """Run the command."""
    match arguments:
        case ["go"]:
            program = ensure_go()
        case ["devcluster"]:
            program = ensure_devcluster(_show)
        case _:
            sys.exit("usage: python -m ambient_local go|devcluster")
    try:
        sys.stdout.write(f"{asyncio.run(program)}\n")
    except LocalError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
