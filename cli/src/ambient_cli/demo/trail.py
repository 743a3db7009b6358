"""Read the trail of one chain of events, once it is written."""

import time
from collections.abc import Sequence
from typing import Any, Final

from ambient_cli.commands.audit import EVENTS, PageView, RecordView
from ambient_cli.errors import CliError
from ambient_cli.http import Api
from ambient_contracts.envelope import Fact

_PATIENCE: Final = 15.0
_PAUSE: Final = 0.1


def trail_of(api: Api, project: str, last: Fact[Any]) -> Sequence[RecordView]:
    """Return the records of the chain that ends with a fact, the first one first.

    Raises:
        CliError: If the last of them is not recorded in time.
    """
    params: dict[str, str | int | bool] = {
        "project": project,
        "correlation": last.envelope.cause.correlation_id,
        "order": "asc",
        "limit": 100,
    }
    deadline = time.monotonic() + _PATIENCE
    while True:
        records = api.call("GET", EVENTS, PageView, params=params).items
        if any(record.what == last.event.kind() for record in records):
            return records
        if time.monotonic() > deadline:
            raise CliError(
                f"{last.event.kind()} was not recorded within {_PATIENCE:.0f} s: "
                "`ambient status` tells whether the audit service is well."
            )
        time.sleep(_PAUSE)
