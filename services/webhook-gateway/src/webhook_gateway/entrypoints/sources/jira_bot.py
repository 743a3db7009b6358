"""Jira, with the token of a bot in the header `Authorization`: Automation's "Send web request".

The token is pasted into the rule once, so it proves who sends and not that this body is fresh. What
is fresh is told by the delivery's id, or where there is none (Automation sends none) by the body.
"""

from typing import Final

from webhook_gateway.domain import jira
from webhook_gateway.domain.delivery import Received, valid_identifier
from webhook_gateway.domain.json_body import Json
from webhook_gateway.domain.refusal import unauthenticated
from webhook_gateway.domain.tokens import InvalidTokenError, check_token
from webhook_gateway.ports import Reading

IDENTIFIER_HEADER: Final = "x-atlassian-webhook-identifier"
"""The same across Jira's retries."""


class JiraBot:
    """Jira under a bot's token."""

    name: Final = "jira"

    def bot_of(self, received: Received, secret: bytes | None, now: float) -> str:
        """Return the bot that the token names."""
        scheme, _, token = received.credential.partition(" ")
        if scheme.lower() != "bearer":
            raise unauthenticated("the request carries no bearer token")
        try:
            claims = check_token(token.strip(), secret, project=received.project, now=now)
        except InvalidTokenError as error:
            raise unauthenticated(str(error)) from error
        return claims.bot

    def identifier_of(self, received: Received) -> str | None:
        """Return Jira's own id of the delivery."""
        return valid_identifier(received.headers.get(IDENTIFIER_HEADER))

    def read(self, body: Json) -> Reading:
        """Return what Jira tells."""
        jira.check(body)
        return Reading(event=jira.event_of(body), echo=jira.is_echo(body))
