#!/bin/sh
# Makes the virtual environment $1 and installs the requirements file $2 into it.
set -eu

stale=$(sh tools/stale.sh "$1")
if [ -n "$stale" ] || [ ! -e "$1/bin/python" ]; then
  # Asked first: where there is no Python to use, nothing is taken away.
  python=$(sh tools/python.sh)
  # Node may have been in there.
  rm -rf "$1" node_modules/.installed
  echo "Making $1 with $python."
  "$python" -m venv "$1"
fi
echo "Installing $2."
"$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2"
