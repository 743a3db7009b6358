"""Turns requests into agentic sessions, and sessions into Jobs."""
