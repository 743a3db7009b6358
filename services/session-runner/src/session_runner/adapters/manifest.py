"""An AgenticSession as it is sent to the API server: what it says, and nothing that it is given."""

from typing import Any

from ambient_contracts.resources import AgenticSession, SessionStatus


def manifest_of(session: AgenticSession) -> dict[str, Any]:
    """Return a new session's manifest."""
    metadata = session.metadata.model_dump(
        mode="json",
        by_alias=True,
        include={"name", "namespace", "labels", "annotations", "finalizers"},
    )
    return {**session.to_manifest(), "metadata": metadata}


def status_patch(session: AgenticSession, status: SessionStatus) -> dict[str, Any]:
    """Return the patch that records a status, if the session is still as it was seen."""
    said = status.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"metadata": {"resourceVersion": session.metadata.resource_version}, "status": said}


def finalizers_patch(session: AgenticSession, finalizers: list[str]) -> dict[str, Any]:
    """Return the patch that sets the finalizers, if the session is still as it was seen."""
    version = session.metadata.resource_version
    return {"metadata": {"resourceVersion": version, "finalizers": finalizers}}
