"""What the API server's refusals mean to the runner."""

from collections.abc import Iterator
from contextlib import contextmanager

from ambient_kube import Conflict, Forbidden, Kube, KubeError, Manifest, NotFound, Resource
from session_runner.ports.errors import ApiAwayError, StaleError


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the ports promise where the API server did not do as asked.

    A right that the runner lacks counts as away too: it is given later, or a person reads the log.
    """
    try:
        yield
    except (Conflict, NotFound) as error:
        raise StaleError(error.message) from error
    except KubeError as error:
        raise ApiAwayError(error.message) from error


async def find(
    kube: Kube, resource: Resource, name: str, namespace: str | None = None
) -> Manifest | None:
    """Return an object, or None if there is none.

    Raises:
        ApiAwayError: If the API server cannot be asked now.
    """
    with translated():
        try:
            return await kube.get(resource, name, namespace)
        except NotFound:
            return None


def over_quota(error: KubeError) -> bool:
    """Whether a ResourceQuota has no room.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/#how-kubernetes-resourcequotas-work
    """
    return isinstance(error, Forbidden) and "exceeded quota" in error.message


def never(error: KubeError) -> bool:
    """Whether a 403 will stay one: an admission policy denies, or the namespace is going."""
    if not isinstance(error, Forbidden):
        return False
    return "denied request" in error.message or "being terminated" in error.message
