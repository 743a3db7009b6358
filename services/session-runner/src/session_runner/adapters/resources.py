"""Where the API server keeps what the runner reads and writes."""

from typing import Final

from ambient_contracts.names import API_GROUP, API_VERSION
from ambient_contracts.resources import AgenticSession, BotAccount, CustomResource, Project
from ambient_kube import Resource


def _resource(model: type[CustomResource]) -> Resource:
    known = model.definition
    return Resource(API_GROUP, API_VERSION, known.kind, known.plural, known.namespaced)


PROJECTS: Final = _resource(Project)
BOT_ACCOUNTS: Final = _resource(BotAccount)
AGENTIC_SESSIONS: Final = _resource(AgenticSession)
PLATFORM: Final = "platform"
"""The ConfigMap of the platform's namespace that only a platform administrator writes."""
EXCEPTIONS_KEY: Final = "website-exceptions"
