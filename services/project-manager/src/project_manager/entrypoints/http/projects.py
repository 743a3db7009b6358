"""Projects: `/api/projects`."""

from http import HTTPStatus

from fastapi import APIRouter

from project_manager.entrypoints.http.caller import CurrentRequester
from project_manager.entrypoints.http.models import (
    NewProject,
    ProjectChanges,
    ProjectInPath,
    ProjectList,
    ProjectView,
)
from project_manager.handlers.projects import CreateProject, ListProjects


def projects_router(list_projects: ListProjects, create: CreateProject) -> APIRouter:
    """Build the routes."""
    router = APIRouter(prefix="/api/projects", tags=["projects"])

    @router.get("", summary="List the projects that you may see")
    async def on_list(requester: CurrentRequester) -> ProjectList:
        projects = await list_projects(requester)
        return ProjectList(items=[ProjectView.of(project) for project in projects])

    @router.post("", summary="Make a project", status_code=HTTPStatus.CREATED)
    async def on_create(requester: CurrentRequester, body: NewProject) -> ProjectView:
        return ProjectView.of(await create(requester, body.resource()))

    @router.get("/{project}", summary="Show a project")
    async def on_get(requester: CurrentRequester, project: ProjectInPath) -> ProjectView:
        return ProjectView.of(await requester.project(project))

    @router.patch("/{project}", summary="Change a project")
    async def on_change(
        requester: CurrentRequester, project: ProjectInPath, body: ProjectChanges
    ) -> ProjectView:
        changed = await requester.change_project(project, body.merge_patch())
        return ProjectView.of(changed)

    @router.delete(
        "/{project}",
        summary="Delete a project and everything in it",
        status_code=HTTPStatus.ACCEPTED,
    )
    async def on_delete(requester: CurrentRequester, project: ProjectInPath) -> None:
        await requester.delete_project(project)

    return router
