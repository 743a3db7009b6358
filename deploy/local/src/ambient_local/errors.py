"""What goes wrong on a developer's machine, each in a sentence that says what to do."""


class LocalError(Exception):
    """The local platform cannot do what was asked; the message is for a person."""
