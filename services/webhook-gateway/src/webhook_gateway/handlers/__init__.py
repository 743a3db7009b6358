"""The use cases: take a delivery in, or state that it was refused."""
