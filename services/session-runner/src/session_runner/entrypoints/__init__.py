"""Where work comes in: events, HTTP, and the watches of the controller."""
