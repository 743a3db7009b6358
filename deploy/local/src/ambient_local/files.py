"""Files that are either old or new, never half of one, and for the owner alone."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, with mode 0600."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)
