"""This process's metrics, as Prometheus reads them.

What there is now is looked at here, at the moment somebody asks; what happened so far
comes from metrics.py. No label holds a room, a person or a link.
"""

from collections.abc import Iterable, Mapping

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from . import metrics
from .lifecycle import hub
from .socket import open_sockets

PREFIX = "parley_"


class Signalling(Collector):
    """Everything this process knows of its calls, in numbers."""

    def collect(self) -> Iterable[Metric]:
        yield from self._now()
        yield counter("messages", "messages read, by type", "type", by_type())
        yield counter(
            "dropped", "messages and frames given up", "reason", metrics.drops
        )
        yield counter("resumes", "returns by resume token", "outcome", metrics.resumes)
        closed = {str(int(code)): count for code, count in metrics.closes.items()}
        yield counter("sockets_closed", "sockets closed from here", "code", closed)
        yield histogram(
            "relay_seconds", "from a frame's coming to its handing on", metrics.relays
        )
        yield histogram("redis_seconds", "round trips to Redis", metrics.redis)
        yield histogram("loop_lag_seconds", "how late the loop wakes", metrics.lags)
        pauses = HistogramMetricFamily(
            f"{PREFIX}gc_seconds", "garbage collections", labels=["generation"]
        )
        for generation, pause in enumerate(metrics.pauses):
            pauses.add_metric(
                [str(generation)], list(metrics.cumulative(pause)), pause.total
            )
        yield pauses

    def _now(self) -> Iterable[Metric]:
        calls = list(hub)
        unheard = [socket.unheard for socket in open_sockets]
        yield gauge("sockets", "sockets that are open", len(unheard))
        yield gauge("rooms", "rooms with somebody in or before them", len(calls))
        seats = [seat for call in calls for seat in call.seats]
        served = sum(seat.holder is not None for seat in seats)
        yield gauge("seats", "people in calls", len(seats))
        yield gauge("seats_away", "of those, without a socket", len(seats) - served)
        # Servers and systems take in megabytes that nobody reads: only what clients
        # say to have heard tells how much is under way.
        yield gauge(
            "unheard_characters", "sent, and not yet said to be heard", sum(unheard)
        )
        most = max(unheard, default=0)
        yield gauge("unheard_characters_largest", "of one socket", most)
        for name, (says, look) in metrics.gauges.items():
            yield gauge(name, says, look())


def text() -> bytes:
    """The answer to whoever scrapes this process."""
    return generate_latest(registry)


def by_type() -> Mapping[str, int]:
    return {str(tag_of(kind)): count for kind, count in metrics.messages.items()}


def tag_of(kind: type) -> object:
    return kind.__struct_config__.tag if issubclass(kind, msgspec.Struct) else ""


def gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, says, value=value)


def counter(
    name: str, says: str, label: str, counts: Mapping[str, int]
) -> CounterMetricFamily:
    family = CounterMetricFamily(PREFIX + name, says, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


def histogram(name: str, says: str, values: metrics.Histogram) -> HistogramMetricFamily:
    family = HistogramMetricFamily(PREFIX + name, says)
    family.add_metric([], list(metrics.cumulative(values)), values.total)
    return family


registry = CollectorRegistry()
registry.register(Signalling())
# Time on the processor, memory, open files, where the system tells of them.
ProcessCollector(registry=registry)
