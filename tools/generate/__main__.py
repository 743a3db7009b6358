"""Write what is generated, or say what differs (`--check`)."""

import sys
from pathlib import Path
from typing import Final

from tools.generate import asyncapi, crds, events_page, nats_config, resources_page, schemas

ROOT: Final = Path(__file__).resolve().parents[2]


def generated() -> dict[Path, str]:
    """Return every generated file: its path below the root, and what it says."""
    files: dict[Path, str] = {}
    for part in (crds, schemas, asyncapi, events_page, resources_page, nats_config):
        files |= part.files()
    return files


def stale(root: Path) -> list[Path]:
    """Return the generated files that are missing or say something else."""
    return [
        path
        for path, text in generated().items()
        if not (root / path).exists() or (root / path).read_text() != text
    ]


def main(arguments: list[str]) -> int:
    """Run the command; 0 when all is as it should be, 1 when `--check` found a difference."""
    differing = stale(ROOT)
    if "--check" in arguments:
        for path in differing:
            print(f"{path} is not what the contracts say: run `make generate`")
        return 1 if differing else 0
    for path in differing:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(generated()[path])
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
