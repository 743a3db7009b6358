"""Apply what is not so yet, and nothing else."""

from ambient_kube.comparison import stored_form, unchanged
from ambient_kube.kube import Kube
from ambient_kube.manifests import Manifest
from ambient_kube.resources import Resource


async def ensure(
    kube: Kube,
    resource: Resource,
    desired: Manifest,
    observed: Manifest | None,
    field_manager: str,
) -> bool:
    """Apply an object unless it is already as desired, and return whether it was applied.

    Args:
        kube: The identity that applies.
        resource: The kind.
        desired: The fields that this manager wants, and no others.
        observed: The object as it is, or None if it is not there. With its managedFields, fields
            that this manager wanted before and wants no more are removed.
        field_manager: The manager's name, the same at each start.

    Raises:
        KubeError: If it could not be applied.
    """
    if observed is not None and unchanged(desired, observed, field_manager=field_manager):
        return False
    await kube.apply(resource, stored_form(desired), field_manager=field_manager)
    return True
