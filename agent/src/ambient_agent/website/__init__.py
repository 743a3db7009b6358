"""The website of a session: fetched through the rules against forged requests, read as text."""
