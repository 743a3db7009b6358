"""A project's credentials: `/api/projects/{project}/credentials`. No value ever comes out."""

from http import HTTPStatus

from fastapi import APIRouter

from project_manager.domain.credential_values import CredentialValues
from project_manager.entrypoints.http.caller import CurrentRequester
from project_manager.entrypoints.http.models import CredentialNames, KeyInPath, ProjectInPath
from project_manager.handlers.credentials import (
    ListCredentials,
    RemoveCredential,
    SetCredentials,
)


def credentials_router(
    names: ListCredentials, set_credentials: SetCredentials, remove: RemoveCredential
) -> APIRouter:
    """Build the routes."""
    router = APIRouter(prefix="/api/projects/{project}/credentials", tags=["credentials"])

    @router.get("", summary="Name a project's credentials")
    async def on_list(requester: CurrentRequester, project: ProjectInPath) -> CredentialNames:
        return CredentialNames(keys=await names(requester, project))

    @router.put("", summary="Set credentials; those that are not named stay")
    async def on_set(
        requester: CurrentRequester, project: ProjectInPath, body: CredentialValues
    ) -> CredentialNames:
        return CredentialNames(keys=await set_credentials(requester, project, body))

    @router.delete("/{key}", summary="Remove a credential", status_code=HTTPStatus.NO_CONTENT)
    async def on_remove(
        requester: CurrentRequester, project: ProjectInPath, key: KeyInPath
    ) -> None:
        await remove(requester, project, key)

    return router
