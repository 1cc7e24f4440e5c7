"""`python -m bench.signalling`: what our signalling costs, beside what others use.

Each measurement starts its own server on core 0 and its own load on core 1. Rounds are
interleaved: each takes every workload, and within it all servers, one after the other.
A sample during which other work took more than 15% of the machine is set aside and
taken again.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields, replace
from functools import partial

from bench import machine, table
from bench.quiet import TRIES, Disturbances

from .contestants import CONTESTANTS
from .measure import Sizes, measure
from .rows import Rounds, bar_lines, figure_lines, other_faults

ALONE = [name for name in CONTESTANTS if not name.endswith("-2")]
# Who takes part where: PeerServer has no rooms, and what two processes are for is asked
# once.
ENTERED = {
    "rooms": [name for name in ALONE if name != "peerserver"],
    "crowd": list(CONTESTANTS),
    "thousand": ALONE,
    "storm": [name for name in ALONE if name != "parley-plain"],
}
CORES = 2


def words_of(argv: list[str] | None = None) -> argparse.Namespace:
    words = argparse.ArgumentParser(
        prog="python -m bench.signalling", description=__doc__
    )
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--write", action="store_true", help="into docs/measured.md")
    words.add_argument("--tries", type=int, default=TRIES, help="for a quiet sample")
    words.add_argument(
        "--servers", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS)
    )
    words.add_argument("--workloads", nargs="+", choices=ENTERED, default=list(ENTERED))
    for size in fields(Sizes):
        words.add_argument(f"--{size.name}", type=type(size.default))
    return words.parse_args(argv)


def main() -> None:
    chosen = words_of()
    if (os.cpu_count() or 1) < CORES:
        sys.exit("A core for the server and one for the load are needed.")
    given = {
        size.name: value
        for size in fields(Sizes)
        if (value := getattr(chosen, size.name)) is not None
    }
    sizes = replace(Sizes(), **given)
    noise = Disturbances(chosen.tries)
    rounds: Rounds = {}
    for number in range(chosen.rounds):
        for workload in chosen.workloads:
            for name in ENTERED[workload]:
                if name not in chosen.servers:
                    continue
                take = partial(measure, CONTESTANTS[name], workload, sizes)
                sample = noise.watched(take)
                rounds.setdefault((workload, name), []).append(sample)
                shown = {key: round(value, 2) for key, value in sample.figures.items()}
                wrong = {key: value for key, value in sample.faults.items() if value}
                said = " ".join(map(str, (workload, name, shown, wrong or "")))
                sys.stderr.write(f"{said} {' '.join(sample.remarks)}\n")
        sys.stderr.write(f"round {number + 1} of {chosen.rounds} done\n")
    remarks = [f"{chosen.rounds} interleaved rounds; {noise}", *other_faults(rounds)]
    tables = [bar_lines(rounds), figure_lines(rounds, chosen.servers)]
    said_all = [machine.described(), *remarks, *map(table.as_text, tables)]
    sys.stdout.write("\n\n".join(said_all) + "\n")
    if chosen.write:
        parts = [" ".join(remarks), *map(table.as_markdown, tables)]
        table.write("bench-signalling", parts)


if __name__ == "__main__":
    main()
