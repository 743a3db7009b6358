"""What the handlers need, by technology."""
