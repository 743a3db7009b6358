"""The API server, for each role that the use cases know."""
