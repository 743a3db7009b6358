"""The base of every model in the contracts."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Frozen(BaseModel):
    """A value that never changes; unknown fields are kept out, so that readers may be older."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class KubernetesModel(BaseModel):
    """A part of a custom resource: camelCase on the wire, snake_case in Python."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )
