"""The names that more than one part of the platform must spell alike."""

from typing import Annotated, Final

from pydantic import StringConstraints

from ambient_contracts.ids import derive

API_GROUP: Final = "ambient.dev"
API_VERSION: Final = "v1alpha1"
PLATFORM_NAMESPACE: Final = "ambient-system"

CREDENTIALS_SECRET: Final = "project-credentials"  # noqa: S105 - the name of a Secret
ANTHROPIC_API_KEY: Final = "anthropic-api-key"
JIRA_API_TOKEN: Final = "jira-api-token"  # noqa: S105 - the name of a key
JIRA_WEBHOOK_SECRET: Final = "jira-webhook-secret"  # noqa: S105 - the name of a key

SESSION_SERVICE_ACCOUNT: Final = "session-runner"

PROJECT_LABEL: Final = f"{API_GROUP}/project"
MANAGED_BY_LABEL: Final = "app.kubernetes.io/managed-by"
PROJECT_MANAGER: Final = "project-manager"
SESSION_LABEL: Final = f"{API_GROUP}/session"
BOT_LABEL: Final = f"{API_GROUP}/bot"
SUSPENDED_LABEL: Final = f"{API_GROUP}/suspended"
"""On a project's namespace, `true` while the project takes no new work."""

TRACE_ANNOTATION: Final = "opentelemetry.io/trace-context"
"""A W3C `traceparent` on a resource: what caused it belongs to that trace."""
REQUEST_ANNOTATION: Final = f"{API_GROUP}/request-id"
"""The id of the event that asked for this session."""
CORRELATION_ANNOTATION: Final = f"{API_GROUP}/correlation-id"
"""The correlation id of the chain of events that this session belongs to."""

REQUESTER_ANNOTATION: Final = f"{API_GROUP}/requested-by"
"""Who made the resource or changed its spec last; the API server itself writes it at admission."""

DNS_LABEL: Final = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
PROJECT_NAME_MAX: Final = 48
BOT_NAME_MAX: Final = 40

ProjectName = Annotated[
    str, StringConstraints(pattern=DNS_LABEL, min_length=1, max_length=PROJECT_NAME_MAX)
]
BotName = Annotated[
    str, StringConstraints(pattern=DNS_LABEL, min_length=1, max_length=BOT_NAME_MAX)
]


def namespace_of(project: str) -> str:
    """Return the namespace of a project."""
    return f"project-{project}"


def project_of(namespace: str) -> str | None:
    """Return the project that a namespace belongs to, or None if it is no project's."""
    prefix, _, project = namespace.partition("-")
    return project if prefix == "project" and project else None


def bot_service_account(bot: str) -> str:
    """Return the name of a bot's ServiceAccount in its project's namespace."""
    return f"bot-{bot}"


def service_account_user(namespace: str, name: str) -> str:
    """Return the user name by which the API server knows a ServiceAccount."""
    return f"system:serviceaccount:{namespace}:{name}"


def session_name(request_id: str) -> str:
    """Name the AgenticSession that a request causes.

    The name follows from the request's id, so a repeated request finds its own trace in the
    API server however late it comes.
    """
    return f"session-{derive('session', request_id)[:20]}"
