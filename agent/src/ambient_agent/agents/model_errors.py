"""From the library's errors to ours: what happened with the model, and what to do."""

from typing import Final

from pydantic_ai import exceptions as library

from ambient_agent import errors as ours

_TABLE: Final[tuple[tuple[type[Exception], type[ours.AgentError], str], ...]] = (
    (
        library.UsageLimitExceeded,
        ours.LimitReachedError,
        "the session reached its limit ({error}); give it more under spec.limits",
    ),
    (
        library.OutputTokenLimitExceeded,
        ours.LimitReachedError,
        "the model's answer did not fit into the tokens that were left for it; "
        "give the session more under spec.limits",
    ),
    (
        library.ModelAuthenticationError,
        ours.ModelKeyRefusedError,
        "the model's endpoint refused the project's API key; set anthropic-api-key anew",
    ),
    (
        library.ModelQuotaExceededError,
        ours.ModelKeyRefusedError,
        "the account of the project's API key has no credit left; add some, or set another key",
    ),
    (
        library.ModelNotFoundError,
        ours.ModelUnknownError,
        "the model's endpoint does not know the model; name another under spec.model",
    ),
    (
        library.ModelRequestRejectedError,
        ours.ModelRequestRefusedError,
        "the model's endpoint refused the request: {error}",
    ),
    (
        library.ModelRateLimitError,
        ours.ModelBusyError,
        "the project's API key reached its rate limit, also after retries; try again later",
    ),
    (
        library.ModelOverloadedError,
        ours.ModelBusyError,
        "the model is overloaded, also after retries; try again later",
    ),
    (
        library.ModelAPIError,
        ours.ModelUnavailableError,
        "the model's endpoint failed, also after retries ({error}); try again later",
    ),
    (
        library.UnexpectedModelBehavior,
        ours.AnswerUnusableError,
        "the model gave no answer that can be used ({error}); run the session again",
    ),
)
"""The first line that fits counts."""


def translated(error: library.AgentRunError) -> ours.AgentError:
    """Return our error for one of the library's."""
    for kind, becomes, sentence in _TABLE:
        if isinstance(error, kind):
            return becomes(sentence.format(error=_short(error)))
    return ours.AgentError(f"the model's run failed: {_short(error)}")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
