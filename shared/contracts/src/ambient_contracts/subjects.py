"""NATS subjects, built and parsed in one place: `ambient.{project}.{source}.{entity}.{verb}`.

`source` is who published. The broker lets each identity publish under its own source alone,
so a reader may believe it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

ROOT: Final = "ambient"
NO_PROJECT: Final = "_"
_TOKEN: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_BOT_PREFIX: Final = "bot-"
_SHAPE: Final = "ambient.{project}.{source}.{entity}.{verb}"


class Source(StrEnum):
    """The services that publish; an outside publisher's source is `bot-{name}`."""

    GATEWAY = "gateway"
    PROJECTS = "projects"
    RUNNER = "runner"
    AUDIT = "audit"


class InvalidSubjectError(ValueError):
    """A subject that no event of ours can have."""


@dataclass(frozen=True)
class Subject:
    """Where an event is published: its project, who published it, and what it states."""

    project: str | None
    source: str
    entity: str
    verb: str

    def __post_init__(self) -> None:
        """Refuse parts that would change the subject's shape or match as wildcards."""
        for token in (self.project, self.source, self.entity, *self.verb.split(".")):
            if token is not None and not _TOKEN.fullmatch(token):
                raise InvalidSubjectError(f"{token!r} cannot stand in a subject")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a subject.

        Raises:
            InvalidSubjectError: If it is none of ours.
        """
        root, *rest = text.split(".", 4)
        if root != ROOT or len(rest) != 4:
            raise InvalidSubjectError(f"{text!r} is not of the shape {_SHAPE}")
        project, source, entity, verb = rest
        return cls(None if project == NO_PROJECT else project, source, entity, verb)

    @property
    def bot(self) -> str | None:
        """The name of the bot that published, or None for one of the services."""
        name = self.source.removeprefix(_BOT_PREFIX)
        return name if name != self.source else None

    def __str__(self) -> str:
        project = NO_PROJECT if self.project is None else self.project
        return f"{ROOT}.{project}.{self.source}.{self.entity}.{self.verb}"


def every(*, project: str = "*", source: str = "*", kind: str = ">") -> str:
    """Return a subject with wildcards, for a subscription or a permission.

    Args:
        project: A project's name, `_`, or `*`.
        source: A source, or `*`.
        kind: `entity.verb`, or `>` for all.
    """
    return f"{ROOT}.{project}.{source}.{kind}"
