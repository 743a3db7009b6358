"""List the projects that a caller may see, and make one."""

from ambient_contracts.resources import Member, Project, Role
from project_manager.ports import Requester, View


class ListProjects:
    """Lists projects."""

    def __init__(self, view: View) -> None:
        self._view = view

    async def __call__(self, requester: Requester) -> tuple[Project, ...]:
        """Return the projects that the caller may read, by name."""
        projects = {project.metadata.name: project for project in self._view.projects()}
        visible = await requester.visible(sorted(projects))
        return tuple(projects[name] for name in sorted(visible))


class CreateProject:
    """Makes a project whose first admin is the caller, where no member is named."""

    async def __call__(self, requester: Requester, project: Project) -> Project:
        """Return the project."""
        if not project.spec.members:
            first = Member(kind="User", name=requester.actor.id, role=Role.ADMIN)
            spec = project.spec.model_copy(update={"members": (first,)})
            project = project.model_copy(update={"spec": spec})
        return await requester.create_project(project)
