"""The project's credentials. What is in them is the team's: only the first secret is made here."""

from base64 import b64encode
from collections.abc import Iterable

from ambient_contracts.names import CREDENTIALS_SECRET, JIRA_WEBHOOK_SECRET
from project_manager.domain.objects.base import Blueprint, Desired, Stage


def credentials(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the Secret, with a webhook secret that is never written again."""
    value = b64encode(blueprint.new_secret.encode()).decode()
    yield Desired(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": blueprint.metadata(CREDENTIALS_SECRET),
            "type": "Opaque",
            "data": {JIRA_WEBHOOK_SECRET: value},
        },
        Stage.FOUNDATION,
        kept=frozenset({"data"}),
    )
