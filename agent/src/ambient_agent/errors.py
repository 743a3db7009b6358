"""Why a session's work ended without an answer: a word for programs and a sentence for people."""

from typing import ClassVar


class AgentError(Exception):
    """The work cannot go on; its text is one sentence that says why and what to do."""

    reason: ClassVar[str] = "AgentFailed"


class TaskUnreadableError(AgentError):
    """The task that the container was started with is none."""

    reason = "TaskUnreadable"


class LimitReachedError(AgentError):
    """The next step would take more than the session may use."""

    reason = "LimitReached"


class PriceUnknownError(AgentError):
    """A cost limit was set for a model whose price nobody told."""

    reason = "PriceUnknown"


class CitationUnfoundedError(AgentError):
    """The model insists on a quote that stands on no page it has read."""

    reason = "CitationUnfounded"


class AnswerUnusableError(AgentError):
    """The model gave no answer that can be read."""

    reason = "AnswerUnusable"


class ModelKeyRefusedError(AgentError):
    """The model's endpoint does not take the project's API key."""

    reason = "ModelKeyRefused"


class ModelUnknownError(AgentError):
    """The model's endpoint does not know the model."""

    reason = "ModelUnknown"


class ModelRequestRefusedError(AgentError):
    """The model's endpoint refuses this request, and would refuse it again."""

    reason = "ModelRequestRefused"


class ModelBusyError(AgentError):
    """The model's endpoint has no room for us now."""

    reason = "ModelBusy"


class ModelUnavailableError(AgentError):
    """The model's endpoint cannot be reached, or fails."""

    reason = "ModelUnavailable"
