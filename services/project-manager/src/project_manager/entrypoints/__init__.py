"""How work arrives: HTTP requests, and what the API server says has changed."""
