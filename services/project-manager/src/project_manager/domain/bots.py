"""What to do about a bot: a pure function from what is observed."""

from collections.abc import Iterator

from ambient_contracts.events import BotCreated, BotDeleted, ObjectRef, ProjectRepaired
from ambient_contracts.names import project_of
from ambient_contracts.resources import BotAccount, BotStatus, Project
from project_manager.domain import conditions as kinds
from project_manager.domain.conditions import Conditions
from project_manager.domain.decision import BOT_FINALIZER, Decision, Observed, terminating
from project_manager.domain.drift import Delete, Difference, changes, fingerprint, revision
from project_manager.domain.objects import Desired, bot_objects, service_account_name
from project_manager.domain.statement import OURSELVES, SOMEBODY, Statement, requester_of

BotDecision = Decision[BotStatus]


def tend_bot(bot: BotAccount, project: Project | None, observed: Observed) -> BotDecision:
    """Decide the next step for a bot.

    It gets its right only in a project that was provisioned, whose quota bounds what it may do.
    """
    if bot.metadata.deletion_timestamp is not None:
        return _retire(bot, observed)
    namespace = observed.namespace
    if namespace is None or terminating(namespace):
        return Decision()
    if BOT_FINALIZER not in bot.metadata.finalizers:
        return Decision(finalizer=True)
    if project is None:
        return Decision(status=_waiting(bot, observed, "NoProject", _NO_PROJECT))
    if project.status is None or project.status.revision is None:
        return Decision(status=_waiting(bot, observed, "ProjectNotReady", _NOT_READY))
    desired = bot_objects(project.metadata.name, bot)
    pending = changes(desired, observed.objects)
    if pending:
        repairs = tuple(_repairs(bot, pending, desired))
        return Decision(repairs, pending, _repaired(bot) if repairs else None)
    return Decision(tuple(_news(bot)), (), _complete(bot, observed, desired))


_NO_PROJECT = "A bot belongs in a project's namespace; this one is no project's."
_NOT_READY = "Waiting until the project is ready."


def reference(bot: BotAccount) -> ObjectRef:
    """Return a bot as events name it."""
    metadata = bot.metadata
    return ObjectRef(
        kind="BotAccount", name=metadata.name, namespace=metadata.namespace, uid=metadata.uid
    )


def _retire(bot: BotAccount, observed: Observed) -> BotDecision:
    if BOT_FINALIZER not in bot.metadata.finalizers:
        return Decision()
    remaining = tuple(
        Delete(key, manifest)
        for key, manifest in observed.objects.items()
        if "deletionTimestamp" not in manifest["metadata"]
    )
    if observed.objects:
        return Decision(changes=remaining)
    if bot.status is None or bot.status.revision is None:
        return Decision(finalizer=False)
    event = BotDeleted(actor=SOMEBODY, project=_project(bot), object=reference(bot))
    return Decision((Statement(event, (bot.metadata.uid,)),), finalizer=False)


def _news(bot: BotAccount) -> Iterator[Statement]:
    if bot.status is None or bot.status.revision is None:
        event = BotCreated(actor=requester_of(bot), project=_project(bot), object=reference(bot))
        yield Statement(event, (bot.metadata.uid,))


def _repairs(
    bot: BotAccount, pending: tuple[Difference, ...], desired: tuple[Desired, ...]
) -> Iterator[Statement]:
    if bot.status is None or bot.status.revision != revision(desired):
        return
    event = ProjectRepaired(
        actor=OURSELVES,
        project=_project(bot),
        object=reference(bot),
        repaired=tuple(sorted(str(change.key) for change in pending)),
    )
    marks = sorted(fingerprint(change) for change in pending)
    yield Statement(event, (bot.metadata.uid, str(bot.status.repairs), *marks))


def _repaired(bot: BotAccount) -> BotStatus:
    status = bot.status or BotStatus()
    return status.model_copy(update={"repairs": status.repairs + 1})


def _complete(bot: BotAccount, observed: Observed, desired: tuple[Desired, ...]) -> BotStatus:
    message = "The bot may create sessions."
    return (bot.status or BotStatus()).model_copy(
        update={
            "service_account_name": service_account_name(bot.metadata.name),
            "observed_generation": bot.metadata.generation,
            "revision": revision(desired),
            "conditions": _conditions(bot, observed).true(kinds.READY, "Provisioned", message).all,
        }
    )


def _waiting(bot: BotAccount, observed: Observed, reason: str, message: str) -> BotStatus:
    conditions = _conditions(bot, observed).false(kinds.READY, reason, message)
    return (bot.status or BotStatus()).model_copy(update={"conditions": conditions.all})


def _conditions(bot: BotAccount, observed: Observed) -> Conditions:
    status = bot.status or BotStatus()
    return Conditions(status.conditions, observed.now, bot.metadata.generation)


def _project(bot: BotAccount) -> str | None:
    return project_of(bot.metadata.namespace or "")
