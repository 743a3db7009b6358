"""What the project-manager does, one use case a class."""
