"""The rules: who may deliver what, and which deliveries ask for which sessions."""
