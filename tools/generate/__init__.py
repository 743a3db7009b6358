"""What is generated from the contracts and checked in: `python -m tools.generate [--check]`."""
