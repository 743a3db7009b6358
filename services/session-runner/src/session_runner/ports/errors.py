"""What an adapter says when the API server does not do as asked."""


class ApiAwayError(Exception):
    """The API server cannot be asked now, or is too busy. Nothing is known to be done."""


class StaleError(Exception):
    """Somebody else wrote first: look again, then decide again."""


class OverQuotaError(Exception):
    """The project's quota has no room for the object."""


class RefusedError(Exception):
    """The API server will never take it, with its sentence that says why."""


class AlreadyThereError(Exception):
    """There is an object of that name already."""
