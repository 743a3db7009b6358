"""What the API server says has changed, and whom it concerns: a project, or a bot."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import structlog

from ambient_chassis.errors import BusUnavailableError
from ambient_contracts.names import namespace_of
from ambient_contracts.resources import Project
from ambient_kube import Controller, Informer, Key, Manifest, Requeue
from project_manager.handlers.reconcile_bot import ReconcileBot
from project_manager.handlers.reconcile_project import ReconcileProject
from project_manager.ports import OutrunError, RefusedError

_SOON: Final = 0.05
_WHEN_NATS_IS_BACK: Final = 1.0
_WHEN_SOMEBODY_HELPED: Final = 15.0
OwnerOf = Callable[[Manifest], Key | None]
_log = structlog.get_logger()


def projects_controller(
    reconcile: ReconcileProject,
    projects: Informer[Project],
    objects: Iterable[Informer[Manifest]],
    owner_of: OwnerOf,
    workers: int,
) -> Controller:
    """Build the loop that looks after projects, and everything made for them."""

    async def on_project_changed(key: Key) -> Requeue | None:
        return await _or_later(key, reconcile(key.name))

    controller = Controller("projects", on_project_changed, workers=workers)
    controller.watch(projects)
    for informer in objects:
        controller.watch(informer, _owners(owner_of, bots=False))
    return controller


def bots_controller(
    reconcile: ReconcileBot,
    bots: Informer[Any],
    projects: Informer[Project],
    objects: Iterable[Informer[Manifest]],
    owner_of: OwnerOf,
    bots_in: Callable[[str], Iterable[Key]],
    workers: int,
) -> Controller:
    """Build the loop that looks after bots, and everything made for them."""

    async def on_bot_changed(key: Key) -> Requeue | None:
        return await _or_later(key, reconcile(key.namespace or "", key.name))

    def bots_of(key: Key, _project: Project | None) -> Iterable[Key]:
        return bots_in(namespace_of(key.name))

    controller = Controller("bots", on_bot_changed, workers=workers)
    controller.watch(bots)
    controller.watch(projects, bots_of)
    for informer in objects:
        controller.watch(informer, _owners(owner_of, bots=True))
    return controller


def _owners(owner_of: OwnerOf, *, bots: bool) -> Callable[[Key, Manifest | None], Iterable[Key]]:
    def to_keys(_key: Key, live: Manifest | None) -> Iterable[Key]:
        owner = None if live is None else owner_of(live)
        return () if owner is None or (owner.namespace is not None) != bots else (owner,)

    return to_keys


async def _or_later(key: Key, reconciled: Awaitable[float | None]) -> Requeue | None:
    """Say when to try again, where it is known; the loop backs off from everything else."""
    try:
        again = await reconciled
    except OutrunError as error:
        _log.info("outrun", key=str(key), reason=str(error))
        return Requeue(_SOON)
    except BusUnavailableError as error:
        _log.warning("event_not_stated", key=str(key), error=str(error))
        return Requeue(_WHEN_NATS_IS_BACK)
    except RefusedError as error:
        _log.warning("change_refused", key=str(key), error=str(error))
        return Requeue(_WHEN_SOMEBODY_HELPED)
    return None if again is None else Requeue(again)
