"""The call page offers what the server would do, and nothing else."""

import json
import subprocess
from itertools import product

from rooms.rights import CO_HOST, GUEST, MEMBER, OWNER, Act, may
from tests.servers import ROOT

# Everybody's answer to every question that the page can ask.
SCRIPT = """
import { LEAST, isHost, may } from "./static/js/call/ui/order/rights.js";
const roles = ["guest", "member", "co-host", "owner"];
const found = [];
for (const act of Object.keys(LEAST)) {
  for (const role of roles) {
    for (const on of [null, ...roles]) {
      found.push([act, role, on, may(role, act, on ?? undefined)]);
    }
  }
}
console.log(JSON.stringify({ found, hosts: roles.filter(isHost) }));
"""

# What is done on the pages of a room, and not in its call.
ELSEWHERE = (
    *(Act.LET_BACK, Act.INVITE, Act.CHANGE, Act.NEW_LINK, Act.DELETE),
    Act.NOTICE,
)


def test_the_table_of_the_page_is_that_of_the_server() -> None:
    command = ["sh", "tools/with-node", ".venv", "node", "--input-type=module"]
    done = subprocess.run(
        [*command, "--eval", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    acts = [act for act in Act if act not in ELSEWHERE]
    roles = [GUEST, MEMBER, CO_HOST, OWNER]
    expected = [
        [act, role, on, may(role, act, on)]
        for act, role, on in product(acts, roles, [None, *roles])
    ]
    assert sorted(told["found"], key=str) == sorted(expected, key=str)
    assert told["hosts"] == [CO_HOST, OWNER]
