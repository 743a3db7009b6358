"""What the use cases need of the world, by role. Each adapter translates its library's errors."""
