"""Who was given a role, and who lost one."""

from collections.abc import Iterator

from ambient_contracts.events import Actor, MemberGranted, MemberRevoked, ObjectRef
from ambient_contracts.resources import Member
from project_manager.domain.statement import Statement


def member_statements(
    before: tuple[Member, ...],
    after: tuple[Member, ...],
    *,
    project: ObjectRef,
    actor: Actor,
    because: tuple[str, ...],
) -> Iterator[Statement]:
    """State each role that is no longer in force, then each that is now."""
    for kind, members in (
        (MemberRevoked, [member for member in before if member not in after]),
        (MemberGranted, [member for member in after if member not in before]),
    ):
        for member in members:
            yield Statement(
                kind(actor=actor, project=project.name, object=project, member=member),
                (*because, member.kind, member.name, member.role),
            )
