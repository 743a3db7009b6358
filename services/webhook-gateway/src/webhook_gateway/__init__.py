"""Validates Jira's webhooks and publishes what they mean as events."""
