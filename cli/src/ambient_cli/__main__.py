"""Run the command: what goes wrong becomes one sentence and an exit code, never a stack trace."""

import os
import sys
from typing import Final

from ambient_cli.app import build
from ambient_cli.errors import CliError, ExitCode
from ambient_cli.terminal import complain
from ambient_local import LocalError

DEBUG_VARIABLE: Final = "AMBIENT_DEBUG"
"""Set, an error of the command itself shows where it happened."""


def main() -> None:
    """Run `ambient`."""
    try:
        build()()
    except CliError as error:
        complain(str(error))
        sys.exit(error.code)
    except LocalError as error:
        complain(str(error))
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        complain(
            f"This is an error of `ambient` itself ({type(error).__name__}: {error}); "
            f"{DEBUG_VARIABLE}=1 shows where."
        )
        sys.exit(ExitCode.FAILED)


if __name__ == "__main__":
    main()
