"""What a load test saw, as a table to read and to keep."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .run import Outcome

NONE = "none"


def table(outcome: Outcome) -> str:
    """Lines of two columns; times in milliseconds."""
    return "\n".join(f"{about:<16}{found}" for about, found in _rows(outcome))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    ledger, talk = outcome.ledger, outcome.talked
    seconds = outcome.talk_seconds
    yield "sockets", f"{outcome.opened:,} of {outcome.people:,} opened"
    yield "in the call", f"{outcome.inside:,} of {outcome.people:,}"
    yield "time to join", _spread(outcome.join_times)
    yield "setting up", f"{len(outcome.set_up):,} messages, {_spread(outcome.set_up)}"
    rate = len(talk) / seconds if seconds else 0.0
    yield "talk", f"{len(talk):,} messages in {seconds:.1f} s, {rate:,.0f}/s"
    yield "relay latency", _spread(talk)
    yield (
        "of all",
        f"{ledger.sent:,}: {ledger.lost:,} lost, {ledger.doubled:,} doubled, "
        f"{ledger.misrouted:,} misrouted, {ledger.reordered:,} reordered",
    )
    yield "errors", _counts(outcome.errors)
    yield "closed sockets", _counts(outcome.closes)
    for name, share in outcome.cores.items():
        yield "server", f"{name}: {share:.0%} of a core while they talked"


def _spread(seconds: Sequence[float]) -> str:
    p50, p99, most = (percentile(seconds, share) * 1000 for share in (0.5, 0.99, 1))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms"


def _counts(counts: Counter[str] | Counter[int]) -> str:
    return ", ".join(f"{code} {count:,}" for code, count in counts.items()) or NONE
