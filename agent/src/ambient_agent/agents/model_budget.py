"""How long the model's next answer may be, so that the session stays within its limits.

What an answer has cost is known only after it; so each is bounded before it. Its input is counted
by its length, three bytes to a token, which is more than text has as a rule. Prices are those of
the library genai-prices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from genai_prices import Usage, calc_price
from pydantic_ai import ModelMessagesTypeAdapter, RunUsage
from pydantic_ai.messages import ModelMessage

from ambient_agent.errors import LimitReachedError, PriceUnknownError
from ambient_contracts.resources.session import Limits

ANSWER_TOKENS: Final = 8192
"""The most that one answer may have, whatever the limits."""
_LEAST: Final = 64
"""Tokens: an answer shorter than this cannot say anything."""
_OVERHEAD: Final = 1500
"""Tokens of the instructions, the tool and the form of the answer, sent with each request."""
_BYTES_PER_TOKEN: Final = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """What a session may use of one model."""

    model: str
    limits: Limits

    def __post_init__(self) -> None:
        if self.limits.cost_usd is not None:
            self._price(1, 1)

    def answer_tokens(self, used: RunUsage, messages: Sequence[ModelMessage]) -> int:
        """Return how many tokens the next answer may have.

        Raises:
            LimitReachedError: Too few are left for an answer.
        """
        size = len(ModelMessagesTypeAdapter.dump_json(list(messages)))
        ahead = size // _BYTES_PER_TOKEN + _OVERHEAD
        room = min(ANSWER_TOKENS, self._by_tokens(used, ahead), self._by_cost(used, ahead))
        if room < _LEAST:
            raise LimitReachedError(
                f"the next turn needs about {ahead} tokens, and what is left of the session's "
                "limits does not cover it; give it more under spec.limits"
            )
        return room

    def _by_tokens(self, used: RunUsage, ahead: int) -> int:
        if self.limits.tokens is None:
            return ANSWER_TOKENS
        return self.limits.tokens - used.total_tokens - ahead

    def _by_cost(self, used: RunUsage, ahead: int) -> int:
        if self.limits.cost_usd is None:
            return ANSWER_TOKENS
        reading = self._price(ahead, 0)
        left = Decimal(str(self.limits.cost_usd)) - (used.cost or Decimal(0)) - reading
        a_thousand = self._price(ahead, 1000) - reading
        return int(left / a_thousand * 1000) if a_thousand else ANSWER_TOKENS

    def _price(self, input_tokens: int, output_tokens: int) -> Decimal:
        usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        try:
            return calc_price(usage, self.model, provider_id="anthropic").total_price
        except LookupError as error:
            raise PriceUnknownError(
                f"the price of {self.model} is unknown, so a limit of cost cannot be kept; "
                "limit tokens instead, or name another model"
            ) from error
