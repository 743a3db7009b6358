"""Why a session cannot run at all, whoever made it."""

from typing import Final

from ambient_contracts.website import ForbiddenWebsiteError, check_website
from session_runner.domain.ending import Failed
from session_runner.domain.observation import Observed

NAME_MAX: Final = 63
"""A Job and its Pods bear the session's name as a label."""


def refusal(seen: Observed) -> Failed | None:
    """Return why the session cannot run, or None if it can."""
    if len(seen.session.metadata.name) > NAME_MAX:
        return Failed("NameTooLong", f"A session's name has at most {NAME_MAX} characters.")
    try:
        check_website(seen.session.spec.website_url, seen.exceptions)
    except ForbiddenWebsiteError as error:
        text = str(error)
        return Failed("ForbiddenWebsite", f"{text[:1].upper()}{text[1:]}.")
    return None
