"""What a record is, what it adds up to, and how records are asked for. Pure."""
