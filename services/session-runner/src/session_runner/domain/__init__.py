"""What a session's life is, and what is to be done about it: pure, and free of every library."""
