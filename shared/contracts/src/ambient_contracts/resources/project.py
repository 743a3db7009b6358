"""Project: a team's namespace with its people, bots, credentials, quota and network."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from ambient_contracts.model import KubernetesModel
from ambient_contracts.names import PROJECT_NAME_MAX
from ambient_contracts.resources.base import (
    Column,
    Condition,
    CustomResource,
    Definition,
    cel,
)

Quantity = Annotated[
    str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$", max_length=32)
]


class Role(StrEnum):
    """What a member may do; each role includes the one before."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Member(KubernetesModel):
    """Somebody's role in the project."""

    kind: Literal["User", "Group", "ServiceAccount"] = Field(
        default="User", description="What sort of identity it is."
    )
    name: str = Field(
        min_length=1,
        max_length=256,
        description="As the API server knows them; a ServiceAccount as `namespace:name`.",
    )
    role: Role


class Quota(KubernetesModel):
    """The most that the project's namespace holds at once."""

    sessions: int = Field(default=500, ge=0, le=100000, description="AgenticSession objects.")
    jobs: int = Field(default=500, ge=0, le=100000, description="Job objects.")
    pods: int = Field(default=100, ge=0, le=10000, description="Pods that have not ended.")
    cpu: Quantity = Field(default="50", description="The sum of the CPU limits of its Pods.")
    memory: Quantity = Field(
        default="100Gi", description="The sum of the memory limits of its Pods."
    )


class Trigger(KubernetesModel):
    """Which webhooks start a session, and what it is asked."""

    name: str = Field(
        pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        max_length=63,
        description="Told from the project's other triggers by this.",
    )
    events: tuple[Annotated[str, StringConstraints(max_length=128)], ...] = Field(
        default=(), max_length=32, description="Jira's event names; empty for every one."
    )
    filter: str | None = Field(
        default=None, max_length=4096, description="CEL over `body` and `event`; absent: true."
    )
    prompt: str = Field(
        min_length=1, max_length=8192, description="A Jinja template over `body` and `event`."
    )
    website_url: str = Field(
        alias="websiteURL",
        min_length=1,
        max_length=2048,
        description="A Jinja template over `body` and `event`.",
    )


class Jira(KubernetesModel):
    """What Jira may start."""

    triggers: tuple[Trigger, ...] = Field(
        default=(),
        max_length=32,
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
        },
        description="What starts a session; a delivery may match several.",
    )


class ProjectSpec(KubernetesModel):
    """What the project is to be."""

    display_name: str = Field(
        default="", max_length=128, description="What people read in place of its name."
    )
    description: str = Field(default="", max_length=2048, description="What the project is for.")
    members: tuple[Member, ...] = Field(
        default=(),
        max_length=256,
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["kind", "name"],
        },
        description="Who may do what in the project.",
    )
    quota: Quota = Quota()
    suspended: bool = Field(default=False, description="Takes no new work while true.")
    jira: Jira = Jira()


class ProjectPhase(StrEnum):
    """Where a project stands."""

    PENDING = "Pending"
    READY = "Ready"
    SUSPENDED = "Suspended"
    TERMINATING = "Terminating"


class ProjectStatus(KubernetesModel):
    """How far the project has come."""

    phase: ProjectPhase = ProjectPhase.PENDING
    namespace: str | None = Field(default=None, description="Where the project lives.")
    conditions: tuple[Condition, ...] = Field(
        default=(),
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
        description="How each step of provisioning stands.",
    )
    members: tuple[Member, ...] = Field(
        default=(), description="Those whose roles are in force, and have been stated as events."
    )
    observed_generation: int | None = Field(
        default=None, description="The generation of the spec that is in force."
    )
    revision: str | None = Field(
        default=None,
        max_length=64,
        description="What is in force: it follows from every object that the project should have.",
    )
    repairs: int = Field(
        default=0, ge=0, description="How often an object was changed by somebody and set right."
    )


class Project(CustomResource):
    """A team's place on the platform."""

    model_config = cel(
        (
            f"size(self.metadata.name) <= {PROJECT_NAME_MAX} && "
            "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
            f"a project's name is a DNS label of at most {PROJECT_NAME_MAX} characters",
        ),
    )
    definition: ClassVar[Definition] = Definition(
        kind="Project",
        plural="projects",
        short_name="proj",
        namespaced=False,
        columns=(
            Column("Phase", ".status.phase"),
            Column("Namespace", ".status.namespace"),
            Column("Display name", ".spec.displayName", wide=True),
            Column("Age", ".metadata.creationTimestamp", type="date"),
        ),
        selectable=(".status.phase",),
    )

    kind: Literal["Project"] = "Project"
    spec: ProjectSpec = ProjectSpec()
    status: ProjectStatus | None = None
