"""What keeps a Pod from starting its agent, and for how long it may."""

from typing import Final

from session_runner.domain.ending import Failed, usage_of
from session_runner.domain.observation import Observed
from session_runner.domain.workload import Pod

STUCK: Final = {
    "ErrImagePull": "The agent's image cannot be pulled",
    "ImagePullBackOff": "The agent's image cannot be pulled",
    "InvalidImageName": "The agent's image has no valid name",
    "ErrImageNeverPull": "The agent's image is not on the node, and must not be pulled",
    "CreateContainerConfigError": "The agent's container cannot be configured",
    "CreateContainerError": "The agent's container cannot be made",
    "RunContainerError": "The agent's container cannot be started",
}
"""Why a container may never start, and what that means."""


def stuck(seen: Observed) -> Pod | None:
    """Return the Pod that may never start, or None."""
    return next((pod for pod in seen.pods if _reason(pod) in STUCK), None)


def grace_left(seen: Observed) -> float:
    """Return how many seconds the stuck Pod has to get past its obstacle."""
    pod = stuck(seen)
    if pod is None or pod.metadata.creation_timestamp is None:
        return seen.start_grace
    return seen.start_grace - (seen.now - pod.metadata.creation_timestamp).total_seconds()


def obstacle(seen: Observed) -> Failed:
    """Return the obstacle as a failure, which it is once its time is over."""
    pod = stuck(seen)
    waiting = pod.state.waiting if pod else None
    if waiting is None:
        return Failed("NotStarted", "The agent did not start.")
    said = f": {waiting.message}" if waiting.message else "."
    return Failed(waiting.reason, f"{STUCK[waiting.reason]}{said}"[:2048], usage_of(seen.pods))


def _reason(pod: Pod) -> str:
    return pod.state.waiting.reason if pod.state.waiting else ""
