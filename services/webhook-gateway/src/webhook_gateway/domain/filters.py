"""Evaluate a trigger's filter: an expression in CEL over what the delivery says.

https://github.com/google/cel-spec. CEL ends always, but not always soon: comprehensions within
comprehensions multiply. Their nesting is bounded here; time by whoever runs it.
"""

import re
from functools import lru_cache
from typing import Any, Final

import cel

LOOPS_MAX: Final = 2
"""Comprehensions within each other."""
_TOKEN: Final = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))"""
    r"""|(?P<comment>//[^\n]*)"""
    r"""|(?P<loop>\.\s*(?:all|exists|exists_one|existsOne|map|filter)\s*\()"""
    r"""|(?P<open>\()|(?P<close>\))""",
    re.DOTALL,
)


class FilterRefusedError(ValueError):
    """The filter cannot be decided over this delivery; the message says why."""


def holds(expression: str, values: dict[str, Any]) -> bool:
    """Whether a filter is true.

    Raises:
        FilterRefusedError: If it is no expression, fails, or is neither true nor false.
    """
    try:
        result = _compiled(expression).execute(values)
    except KeyError as error:
        name = str(error.args[0])[:128] if error.args else "something"
        raise FilterRefusedError(
            f"the delivery has no {name!r} where it is asked for; guard it with `has(…)`"
        ) from error
    except (ValueError, TypeError, ArithmeticError, LookupError, RuntimeError) as error:
        raise FilterRefusedError(str(error)[:512]) from error
    if result is True or result is False:
        return bool(result)
    raise FilterRefusedError(f"it is neither true nor false but a {type(result).__name__}")


@lru_cache(maxsize=512)
def _compiled(expression: str) -> cel.Program:
    if _nesting(expression) > LOOPS_MAX:
        raise FilterRefusedError(f"more than {LOOPS_MAX} comprehensions within each other")
    return cel.compile(expression)


def _nesting(expression: str) -> int:
    """Return how many comprehensions stand within each other at most."""
    open_loops, deepest = [False], 0
    for found in _TOKEN.finditer(expression):
        if found["loop"] or found["open"]:
            open_loops.append(bool(found["loop"]))
            deepest = max(deepest, sum(open_loops))
        elif found["close"] and len(open_loops) > 1:
            open_loops.pop()
    return deepest
