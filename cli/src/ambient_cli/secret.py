"""Read a secret: from a prompt that does not show it, or from standard input; never from argv."""

import getpass
import sys

from ambient_cli.errors import CliError, ExitCode


def read_secret(what: str) -> str:
    """Return a secret without the line's end.

    Raises:
        CliError: If there is none.
    """
    if sys.stdin.isatty():
        value = getpass.getpass(f"{what}: ")
    else:
        value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not value:
        raise CliError(f"{what}: nothing came on standard input.", ExitCode.USAGE)
    return value
