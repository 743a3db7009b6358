"""Whose object is it: a project's, or one of its bots'."""

from ambient_contracts.names import BOT_LABEL, PROJECT_LABEL, project_of
from ambient_kube import Key, Manifest


def owner_of(live: Manifest) -> Key | None:
    """Return the project (without a namespace) or the bot (with one) that an object is made for.

    Where an object lies says whose it is; a label, that anybody may have changed, only where it
    lies in no namespace.
    """
    metadata = live["metadata"]
    labels = metadata.get("labels", {})
    if live["kind"] == "Namespace":
        return _project(project_of(metadata["name"]))
    namespace = metadata.get("namespace")
    if namespace is None:
        return _project(labels.get(PROJECT_LABEL))
    if BOT_LABEL in labels:
        return Key(namespace, labels[BOT_LABEL])
    return _project(project_of(namespace))


def _project(name: str | None) -> Key | None:
    return None if name is None else Key(None, name)
