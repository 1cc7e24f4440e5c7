"""`manage.py doctor`: what is wrong with this site, and what to do."""

import json
import textwrap
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from conference.doctor import Finding, State
from conference.doctor.examination import examine, worst

WIDTH = 88


class Command(BaseCommand):
    help = "Try settings, database, mail, relay, certificate; exit code 0, 1 or 2."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        state = worst(findings)
        if options["json"]:
            told = [
                {
                    "state": each.state.word,
                    "about": each.about,
                    "found": each.found,
                    "do": each.do,
                }
                for each in findings
            ]
            self.stdout.write(json.dumps({"state": state.word, "findings": told}))
        else:
            for each in findings:
                self.stdout.write("\n".join(self.lines(each)))
            self.stdout.write(CLOSING[state])
        raise SystemExit(int(state))

    def lines(self, finding: Finding) -> Iterator[str]:
        colour = {
            State.GOOD: self.style.SUCCESS,
            State.LOOK: self.style.WARNING,
            State.BAD: self.style.ERROR,
        }[finding.state]
        label = f"{finding.state.word:<5}{finding.about:<12}"
        indent = " " * len(label)
        found = textwrap.fill(
            finding.found, WIDTH, initial_indent=indent, subsequent_indent=indent
        )
        yield (
            colour(finding.state.word)
            + label[len(finding.state.word) :]
            + found[len(label) :]
        )
        if finding.do:
            yield textwrap.fill(
                finding.do,
                WIDTH,
                initial_indent=indent + "→ ",
                subsequent_indent=indent + "  ",
            )


def wrapped(text: str, indent: str) -> str:
    """Lines that fit; addresses and paths stay whole, to be copied."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


CLOSING = {
    State.GOOD: "All is well.",
    State.LOOK: "It works; something deserves a look.",
    State.BAD: "Something does not work.",
}
