"""Every object that a project should have. A new one is a builder and a line in `BUILDERS`."""

from typing import Final

from project_manager.domain.objects.base import (
    Blueprint,
    Builder,
    Desired,
    Manifest,
    ObjectKey,
    Stage,
)
from project_manager.domain.objects.bot import bot_objects, service_account_name
from project_manager.domain.objects.credentials import credentials
from project_manager.domain.objects.limit_range import limit_range
from project_manager.domain.objects.member_bindings import member_bindings
from project_manager.domain.objects.namespace import namespace
from project_manager.domain.objects.network_policies import default_deny, dns_egress, web_egress
from project_manager.domain.objects.project_access import project_access
from project_manager.domain.objects.resource_quota import resource_quota
from project_manager.domain.objects.session_service_account import session_service_account

BUILDERS: Final[tuple[Builder, ...]] = (
    namespace,
    resource_quota,
    limit_range,
    default_deny,
    dns_egress,
    web_egress,
    session_service_account,
    credentials,
    member_bindings,
    project_access,
)


def project_objects(blueprint: Blueprint) -> tuple[Desired, ...]:
    """Build all of them."""
    return tuple(desired for build in BUILDERS for desired in build(blueprint))


__all__ = [
    "BUILDERS",
    "Blueprint",
    "Builder",
    "Desired",
    "Manifest",
    "ObjectKey",
    "Stage",
    "bot_objects",
    "project_objects",
    "service_account_name",
]
