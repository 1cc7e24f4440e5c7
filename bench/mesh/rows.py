"""The tables of `make bench-mesh`."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from bench import table

from .cases import (
    MOST_AGAIN_MS,
    MOST_OF_PLAIN,
    MOST_OF_SHOWN,
    MOST_STOP_MS,
    Case,
    Result,
    of_plain,
    of_shown,
    void,
)

Results = Mapping[Case, tuple[Result, Result]]
"""Of each case the plain mesh's, and ours."""

HEAD = [
    *("camera", "people", "shown and asked for", "plain: Mpx/s", "Mbit/s", "cores"),
    *("Parley: Mpx/s", "Mbit/s", "cores", "slowest viewer, 1/s"),
    *(f"of shown (≤ {MOST_OF_SHOWN:g})", f"of plain (8: ≤ {MOST_OF_PLAIN:g})", "met"),
]


def figure(value: float | None, unit: float = 1.0, digits: int = 1) -> str:
    return "void" if value is None else f"{value / unit:.{digits}f}"


def sent(result: Result) -> list[str]:
    if result.is_open:
        return ["", "", ""]
    return [
        figure(result.median("pixels"), 1e6),
        figure(result.median("bits"), 1e6, 2),
        figure(result.median("browser"), 1, 2),
    ]


def verdict(*judged: bool | None) -> str:
    """Void where nothing could be judged, else whether everything was met."""
    known = [one for one in judged if one is not None]
    return table.met(all(known)) if known else "void"


def lines(results: Results) -> list[list[str]]:
    rows = [HEAD]
    for case, (plain, parley) in results.items():
        shown, plain_ratio = of_shown(parley), of_plain(case, parley, plain)
        said = verdict(shown[1], plain_ratio[1])
        if any(void(sample) for sample in plain.kept + parley.kept):
            # Counted all the same: seen, but not proved.
            said = f"({said})"
        rows.append(
            [
                *(str(case.camera), str(case.people), f"{case.name}: {parley.view}"),
                *sent(plain),
                *sent(parley),
                figure(parley.slowest),
                *(shown[0], plain_ratio[0], said),
            ]
        )
    return rows


def again_lines(tries: Sequence[Mapping[str, float | None]]) -> list[list[str]]:
    """Of hiding and showing again, each in ms; None: not within 10 s."""
    rows = [["", "min / median / max", "tries", "bar", "met"]]
    for key, what, bar, most in (
        ("shown", "tile shown again → first new picture, ms", MOST_AGAIN_MS, "median"),
        ("stopped", "size 0 → last picture, ms", MOST_STOP_MS, "greatest"),
    ):
        known = [value for one in tries if (value := one[key]) is not None]
        failed = len(tries) - len(known)
        if not known:
            rows.append(
                [what, "never", str(len(tries)), f"≤ {bar:g}", table.met(False)]
            )
            continue
        middle = statistics.median(known)
        judged = middle if most == "median" else max(known)
        said = f"{min(known):.0f} / {middle:.0f} / {max(known):.0f}"
        rows.append(
            [
                *(what, said + (f", {failed} never" if failed else "")),
                *(str(len(tries)), f"{most} ≤ {bar:g}"),
                table.met(not failed and judged <= bar),
            ]
        )
    return rows


def provisional(results: Results) -> str:
    """Where void samples counted: how many, and how much else the machine did."""
    samples = [
        sample
        for sides in results.values()
        for result in sides
        for sample in result.kept
    ]
    shares = [sample.others for sample in samples if void(sample)]
    if not shares:
        return ""
    return (
        f"Provisional: {len(shares)} of {len(samples)} samples are void and were "
        f"counted; other work took {min(shares):.0%} to {max(shares):.0%} of the "
        "machine meanwhile, so that cores are upper bounds."
    )


def remarks(results: Results) -> list[str]:
    """Every sample that did not count, and why."""
    said = []
    for case, sides in results.items():
        for name, result in zip(("plain mesh", "Parley"), sides, strict=True):
            if result.why:
                why = "; ".join(result.why)
                said.append(
                    f"{case.camera}, {case.people} people, {case.name}, {name}: "
                    f"{len(result.why)} void ({why})"
                )
    return said
