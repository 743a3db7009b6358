"""Let a caller read what the API server says they may."""

from typing import Protocol

from ambient_chassis.identity import Caller
from ambient_chassis.problems import Problem
from ambient_contracts.subjects import NO_PROJECT


class Access(Protocol):
    """Says who may read what."""

    async def may_read(self, caller: Caller, project: str | None) -> bool:
        """Whether the caller may read a project's records; with None, everybody's.

        Raises:
            KubeError: If the API server cannot say.
        """
        ...


async def authorize(access: Access, caller: Caller, project: str | None) -> None:
    """Return if the caller may read a project's records, or with None everybody's.

    Raises:
        Problem: 403, with what to do.
        KubeError: If the API server cannot say.
    """
    if await access.may_read(caller, project):
        return
    if project is None:
        detail = (
            "You may not read the records of all projects. Give a project that you belong to "
            "(`?project=…`), or ask a platform administrator for the role `ambient-auditor`."
        )
    elif project == NO_PROJECT:
        detail = (
            "You may not read the records that belong to no project. Ask a platform administrator "
            "for the role `ambient-auditor`."
        )
    else:
        detail = (
            f"You may not read the records of {project}. Ask an admin of the project to make you "
            "a member."
        )
    raise Problem(403, detail)
