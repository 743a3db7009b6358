"""The agent that a session's Job runs."""
