"""Show on /metrics how far the recording is."""

from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge

from audit.domain.record import Record


class PrometheusProgress:
    """Counts records, and shows the lag and the last commit."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._records = Counter(
            "audit_records", "Records made durable.", ("kind",), registry=registry
        )
        self._lag = Gauge(
            "audit_lag_records", "Messages in the stream not yet recorded.", registry=registry
        )
        self._head = Gauge("audit_last_sequence", "Highest sequence recorded.", registry=registry)
        self._commit = Gauge(
            "audit_last_commit_timestamp_seconds",
            "When records last became durable.",
            registry=registry,
        )

    def recorded(self, records: Sequence[Record]) -> None:
        """Count records that are durable."""
        for kind, count in Tally(record.kind for record in records).items():
            self._records.labels(kind).inc(count)
        self._head.set(records[-1].sequence)
        self._commit.set_to_current_time()

    def behind(self, records: int) -> None:
        """Show how many messages are in the stream and not yet recorded."""
        self._lag.set(records)
