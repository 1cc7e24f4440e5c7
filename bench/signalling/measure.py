"""One measurement: a fresh server, the load beside it, its figures and its faults."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers import ROOT, folder_for

from .contestants import Contestant
from .places import ROOM_PEOPLE

LOAD = Path(__file__).parent / "load" / "main.js"
LOAD_CORE = ["taskset", "--cpu-list", "1"]
LOAD_SECONDS = 240
# Rooms before the clock starts, for compilers that warm up.
WARM_ROOMS = 12


@dataclass(frozen=True)
class Sizes:
    """How much of everything; smaller for a quick look."""

    rooms: int = 150
    crowd: int = 200
    thousand: int = 1000
    storm: int = 2000
    seconds: float = 6

    def people(self, workload: str) -> int:
        if workload == "rooms":
            return ROOM_PEOPLE * (self.rooms + WARM_ROOMS)
        return int(getattr(self, workload))


@dataclass(frozen=True)
class Sample:
    """`figures` by name; `faults` counts what must not happen."""

    figures: dict[str, float]
    faults: dict[str, int]
    remarks: list[str]


def measure(contestant: Contestant, workload: str, sizes: Sizes) -> Sample:
    """Raises RuntimeError with what the load said when it could not be done."""
    with folder_for("load") as folder, contestant.start() as server:
        job = {
            "workload": workload,
            "speaker": contestant.speaker,
            "ports": server.ports,
            "groups": server.groups,
            "origin": server.origin,
            "together": contestant.together,
            "seconds": sizes.seconds,
            **server.places(sizes.people(workload)),
        }
        order = folder / "job.json"
        order.write_text(json.dumps(job))
        done = subprocess.run(
            [*LOAD_CORE, "node", str(LOAD), str(order)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=LOAD_SECONDS,
        )
    if done.returncode:
        raise RuntimeError(f"{contestant.name}, {workload}:\n{done.stderr}")
    answer = json.loads(done.stdout)
    books = answer["faults"]
    faults = {
        "lost": books["sent"] - books["arrived"] + books["doubled"],
        **{
            name: books[name]
            for name in (
                *("doubled", "misrouted", "reordered", "mangled"),
                *("refused", "closed"),
            )
        },
    }
    return Sample(answer["figures"], faults, answer["remarks"])
