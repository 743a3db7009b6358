"""The outside, by technology: JetStream, SQL, the API server, Prometheus."""
