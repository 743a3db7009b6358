"""The use cases: each a class that takes what it needs and is called."""
