"""Where work comes in: the stream, and HTTP."""
