"""`ambient demo`: one Jira webhook through the whole platform, shown as it happens."""
