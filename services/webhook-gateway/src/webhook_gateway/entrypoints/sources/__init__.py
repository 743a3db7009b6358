"""The kinds of senders: one file for each, and one line here."""

from typing import Final

from webhook_gateway.entrypoints.sources.jira_bot import JiraBot
from webhook_gateway.ports import WebhookSource

SOURCES: Final[tuple[WebhookSource, ...]] = (JiraBot(),)
