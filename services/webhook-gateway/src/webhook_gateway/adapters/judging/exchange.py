"""What goes between the gateway and a judge: lines of JSON, and the raw body after the first."""

from typing import Final

from pydantic import Field

from ambient_contracts.model import Frozen
from ambient_contracts.resources import Trigger

LINE_MAX: Final = 2 * 1024**2
"""Bytes of a line; 32 triggers of the longest kind fit."""


class Task(Frozen):
    """One delivery to judge; its body's bytes follow."""

    event: str
    triggers: tuple[Trigger, ...]
    size: int = Field(ge=0, description="The body's length in bytes.")
    milliseconds: int = Field(ge=1, description="Processor time for all of it.")
