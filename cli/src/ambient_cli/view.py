"""What the REST APIs answer, as far as the command reads it; the rest is passed on as it came."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class View(BaseModel):
    """An object of an API; fields that a newer server adds stay, for `-o json`."""

    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True
    )


V = TypeVar("V", bound=View)


class Listed(View, Generic[V]):
    """A list."""

    items: Sequence[V] = ()


Json = dict[str, Any]
