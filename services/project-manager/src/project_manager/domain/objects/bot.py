"""A bot's ServiceAccount, and its right to create sessions."""

from collections.abc import Mapping

from ambient_contracts.names import BOT_LABEL, namespace_of
from ambient_contracts.resources import BotAccount
from project_manager.domain.objects.base import (
    Desired,
    Manifest,
    Stage,
    managed_labels,
    owned_by,
)
from project_manager.domain.objects.member_bindings import RBAC, cluster_role


def service_account_name(bot: str) -> str:
    """Name a bot's ServiceAccount, and its binding."""
    return f"bot-{bot}"


def bot_objects(project: str, bot: BotAccount) -> tuple[Desired, ...]:
    """Build the objects of a bot."""
    name = service_account_name(bot.metadata.name)
    subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace_of(project)}
    account: Manifest = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _metadata(project, bot, name),
        "automountServiceAccountToken": False,
    }
    binding: Manifest = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": _metadata(project, bot, name),
        "roleRef": cluster_role("ambient-project-bot"),
        "subjects": [subject],
    }
    return Desired(account, Stage.FOUNDATION), Desired(binding, Stage.ACCESS)


def _metadata(project: str, bot: BotAccount, name: str) -> Mapping[str, object]:
    return {
        "name": name,
        "namespace": namespace_of(project),
        "labels": managed_labels(project) | {BOT_LABEL: bot.metadata.name},
        "ownerReferences": [owned_by(bot)],
    }
