"""What the service does: record, list, follow, verify."""
