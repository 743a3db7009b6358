"""State that somebody was refused."""

from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from ambient_contracts.events import AccessDenied, Actor, ObjectRef
from ambient_contracts.names import ProjectName
from project_manager.ports import Facts

_NAME: TypeAdapter[str] = TypeAdapter(ProjectName)


class StateDenial:
    """States a refusal, so that the audit trail has it."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    async def __call__(self, actor: Actor, project: str | None, action: str, reason: str) -> None:
        """State it; every refusal is a fact of its own."""
        event = AccessDenied(
            actor=actor,
            project=_known(project),
            object=ObjectRef(kind="Project", name=project or ""),
            action=action[:256],
            reason=reason[:2048],
        )
        await self._facts.state(event, because=(uuid4().hex,))


def _known(project: str | None) -> str | None:
    try:
        return _NAME.validate_python(project)
    except ValidationError:
        return None
