"""Render a trigger's templates: Jinja in a sandbox, over what the delivery says.

The sandbox keeps a template from reaching Python's insides, and bounds what can be told apart
beforehand. Time and memory are bounded by whoever runs it (`adapters.judging`): no list of what
is forbidden holds every way to ask for too much.
"""

from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from webhook_gateway.domain.text import plain_text

# fmt: off
_FILTERS: Final = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int",
    "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject",
    "rejectattr", "replace", "reverse", "round", "select", "selectattr", "sort", "string",
    "striptags", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "urlencode",
    "wordcount",
)
# fmt: on
"""Jinja's own that are kept. `random` is not: a repeated delivery has to ask for the same."""
_NUMBERS_ONLY: Final = frozenset({"*", "%", "**"})
_POWER_MAX: Final = 64


class TemplateRefusedError(ValueError):
    """The template cannot be rendered over this delivery; the message says why."""


class _Missing(StrictUndefined):
    """Says which name is missing in words that whoever wrote the template knows."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        return f"the delivery has no {str(self._undefined_name)[:128]!r} where it is asked for"


def _said(value: Any) -> Any:
    """Let null say nothing, where Python would say None."""
    return "" if value is None else value


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = _NUMBERS_ONLY

    def __init__(self) -> None:
        super().__init__(undefined=_Missing, finalize=_said)
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"text": plain_text}
        self.globals = {"range": safe_range}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a name up among what an object says, never among Python's methods of a dict."""
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(name=attribute)
        return super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply numbers alone, since a text times a number is as long as anybody wants."""
        for operand in (left, right):
            if isinstance(operand, Undefined):
                operand._fail_with_undefined_error()
            if not isinstance(operand, int | float):
                raise SecurityError(f"`{operator}` is for numbers only")
        if operator == "**" and max(abs(left), abs(right)) > _POWER_MAX:
            raise SecurityError(f"`**` is for numbers up to {_POWER_MAX}")
        return super().call_binop(context, operator, left, right)


_ENVIRONMENT: Final = _Environment()


def render(template: str, values: dict[str, Any], *, length_max: int) -> tuple[str, bool]:
    """Return what a template says, and whether it was cut at `length_max` characters.

    Raises:
        TemplateRefusedError: If it is no template, or asks for what is not there or not allowed.
    """
    pieces: list[str] = []
    length = 0
    try:
        for piece in _compiled(template).generate(values):
            pieces.append(piece)
            length += len(piece)
            if length > length_max:
                return "".join(pieces)[:length_max], True
    except UndefinedError as error:
        raise TemplateRefusedError(error.message or "something is missing") from error
    except TemplateError as error:
        raise TemplateRefusedError(f"{error.message or type(error).__name__}") from error
    except RecursionError as error:
        raise TemplateRefusedError("it calls itself without end") from error
    except MemoryError:
        raise
    except Exception as error:
        raise TemplateRefusedError(f"{type(error).__name__}: {error}"[:256]) from error
    return "".join(pieces), False


@lru_cache(maxsize=512)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)
