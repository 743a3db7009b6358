"""A session's Pods as the watch showed them, and how those ended that are gone since.

A Job that is deleted or runs out of time takes its Pods with it, and with them what the agent
reported in its last moment. The watch has shown that moment: it is kept here until the session's
end is recorded. A restart loses it; then the usage of that try is not known.
"""

from collections import defaultdict

from ambient_contracts.names import SESSION_LABEL
from ambient_kube import Key
from session_runner.domain.workload import Pod


def session_of(key: Key, pod: Pod | None) -> Key | None:
    """Return the session that a Pod works for."""
    name = pod.metadata.labels.get(SESSION_LABEL) if pod else None
    return Key(key.namespace, name) if name else None


class Tries:
    """Every session's Pods by uid."""

    def __init__(self) -> None:
        self._pods: dict[Key, dict[str, Pod]] = defaultdict(dict)

    def of(self, session: Key) -> tuple[Pod, ...]:
        """Return a session's Pods."""
        return tuple(self._pods.get(session, {}).values())

    def on_pod(self, key: Key, old: Pod | None, new: Pod | None) -> None:
        """Take note of a change of a Pod."""
        session = session_of(key, new or old)
        if session is None:
            return
        if new is not None:
            self._pods[session][new.metadata.uid] = new
        elif old is not None and old.terminated is None:
            self._pods[session].pop(old.metadata.uid, None)

    def forget(self, session: Key) -> None:
        """Let go of a session whose end is recorded."""
        self._pods.pop(session, None)
