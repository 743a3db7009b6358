"""What a handler says when it cannot do its work: try again, or never."""


class RetryLaterError(Exception):
    """The message cannot be handled now; it comes again, as often as it must."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after
        """Seconds until the next try; the bus's own back-off where None."""


class GiveUpError(Exception):
    """The message can never be handled: it becomes a dead letter at once."""


class BusUnavailableError(Exception):
    """NATS cannot store an event now. Nothing was acknowledged; try again."""
