"""Objects and events with everything that a test does not care about filled in."""

from typing import Any

from ambient_contracts.envelope import Cause, Fact
from ambient_contracts.events import Actor, ActorKind, ObjectRef, SessionOrder, SessionRequested
from ambient_contracts.names import (
    API_GROUP,
    API_VERSION,
    namespace_of,
    service_account_user,
    session_name,
)
from ambient_contracts.subjects import Source

Manifest = dict[str, Any]
_API = f"{API_GROUP}/{API_VERSION}"


def an_actor(name: str = "alice") -> Actor:
    """Return a person as events name them."""
    return Actor(kind=ActorKind.USER, id=name)


def project_manifest(
    name: str, *, members: dict[str, str] | None = None, **spec: object
) -> Manifest:
    """Return a Project.

    Args:
        name: Its name.
        members: A role by user name.
        spec: Other fields of the spec, as they stand in a manifest.
    """
    listed = [
        {"kind": "User", "name": user, "role": role} for user, role in (members or {}).items()
    ]
    return {
        "apiVersion": _API,
        "kind": "Project",
        "metadata": {"name": name},
        "spec": {"displayName": name.title(), "members": listed, **spec},
    }


def session_manifest(
    project: str, name: str, *, requester: str = "alice", **spec: object
) -> Manifest:
    """Return an AgenticSession of a project, asked for by a person."""
    namespace = namespace_of(project)
    return {
        "apiVersion": _API,
        "kind": "AgenticSession",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "prompt": "What is this page about?",
            "websiteURL": "https://example.com/",
            "projectRef": {"name": project, "namespace": namespace},
            "userContext": {"userId": requester, "displayName": requester.title()},
            **spec,
        },
    }


def session_requested(
    project: str,
    *,
    because: str = "delivery-1",
    bot: str = "jira",
    prompt: str = "What is this page about?",
    website_url: str = "https://example.com/",
    cause: Cause | None = None,
) -> Fact[SessionRequested]:
    """Return a request for a session as the gateway states it for a bot's webhook."""
    namespace = namespace_of(project)

    def fact(name: str) -> Fact[SessionRequested]:
        return Fact[SessionRequested].state(
            SessionRequested(
                actor=Actor(kind=ActorKind.BOT, id=service_account_user(namespace, f"bot-{bot}")),
                project=project,
                object=ObjectRef(kind="AgenticSession", name=name, namespace=namespace),
                bot=bot,
                trigger="on-issue",
                order=SessionOrder(prompt=prompt, website_url=website_url),
            ),
            source=Source.GATEWAY,
            because=(because,),
            cause=cause,
        )

    # The id does not depend on the name, and the name follows from the id.
    return fact(session_name(fact("unnamed").envelope.id))
