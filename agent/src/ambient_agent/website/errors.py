"""Why a page could not be read."""

from ambient_agent.errors import AgentError


class FetchError(AgentError):
    """A page could not be read."""

    reason = "WebsiteUnreadable"


class WebsiteForbiddenError(FetchError):
    """The rules forbid the visit: not public, not the web's ports, or not this session's site."""

    reason = "WebsiteForbidden"


class WebsiteUnknownError(FetchError):
    """The name of the host leads nowhere."""

    reason = "WebsiteUnknown"


class WebsiteUnreachableError(FetchError):
    """The host does not answer, or breaks off."""

    reason = "WebsiteUnreachable"


class WebsiteRefusedError(FetchError):
    """The host answers with an error."""

    reason = "WebsiteRefused"


class WebsiteTooSlowError(FetchError):
    """The page does not arrive in time."""

    reason = "WebsiteTooSlow"


class WebsiteTooLargeError(FetchError):
    """The page is larger than an agent reads."""

    reason = "WebsiteTooLarge"


class WebsiteUnreadableError(FetchError):
    """What arrives is no text that can be read."""

    reason = "WebsiteUnreadable"
