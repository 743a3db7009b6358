"""How a command ends, and what a person reads when it does not end well."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script can tell from a command's end."""

    OK = 0
    FAILED = 1
    """It was tried, and did not succeed."""
    USAGE = 2
    """The command line is wrong."""
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    """No valid token, or no right."""
    UNREACHABLE = 5
    """A part of the platform does not answer, or says that it cannot now. Try again."""
    CONFLICT = 6
    """It exists already, or has changed meanwhile."""
    INTERRUPTED = 130


class CliError(Exception):
    """One sentence that says what is wrong, and what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code
