"""Write a project's credentials, which nobody can read back.

The API server's roles cannot say "may write and not read": an update of a Secret answers with its
contents. So a caller is asked about the virtual resource `credentials`, and the project-manager
writes the Secret itself.
"""

from typing import Literal

from ambient_contracts.events import CredentialRemoved, CredentialSet, ObjectRef
from ambient_contracts.names import CREDENTIALS_SECRET, namespace_of
from project_manager.domain.credential_values import CredentialValues
from project_manager.ports import Credentials, DeniedError, Facts, Requester


class UnknownCredentialError(Exception):
    """The project has no credential of that name."""


class ListCredentials:
    """Names a project's credentials."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def __call__(self, requester: Requester, project: str) -> tuple[str, ...]:
        """Return the names."""
        await _check(requester, "list", project)
        return await self._credentials.keys(project)


class SetCredentials:
    """Sets credentials, and leaves those that are not named."""

    def __init__(self, facts: Facts, credentials: Credentials) -> None:
        self._facts = facts
        self._credentials = credentials

    async def __call__(
        self, requester: Requester, project: str, credentials: CredentialValues
    ) -> tuple[str, ...]:
        """Return the names that the project has now."""
        await _check(requester, "update", project)
        values = credentials.values()
        version = await self._credentials.version(project)
        for key in sorted(values):
            event = CredentialSet(
                actor=requester.actor, project=project, object=_reference(project), key=key
            )
            await self._facts.state(event, because=(version, key, requester.actor.id))
        await self._credentials.write(project, dict(values))
        return await self._credentials.keys(project)


class RemoveCredential:
    """Removes a credential."""

    def __init__(self, facts: Facts, credentials: Credentials) -> None:
        self._facts = facts
        self._credentials = credentials

    async def __call__(self, requester: Requester, project: str, key: str) -> None:
        """Remove a credential.

        Raises:
            UnknownCredentialError: If there is none of that name.
        """
        await _check(requester, "delete", project)
        if key not in await self._credentials.keys(project):
            raise UnknownCredentialError(f"{project} has no credential {key}.")
        version = await self._credentials.version(project)
        event = CredentialRemoved(
            actor=requester.actor, project=project, object=_reference(project), key=key
        )
        await self._facts.state(event, because=(version, key, requester.actor.id))
        await self._credentials.write(project, {key: None})


async def _check(
    requester: Requester, verb: Literal["list", "update", "delete"], project: str
) -> None:
    if not await requester.may(verb, "credentials", project=project):
        raise DeniedError(f"You may not {verb} the credentials of {project}; its admins may.")


def _reference(project: str) -> ObjectRef:
    return ObjectRef(kind="Secret", name=CREDENTIALS_SECRET, namespace=namespace_of(project))
