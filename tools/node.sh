#!/bin/sh
# Installs the developer tools of package-lock.json. Node comes from the machine if it is
# at least 20 and has npm, else from PyPI into the virtual environment $1.
set -eu

recent='process.exit(parseInt(process.versions.node, 10) >= 20 ? 0 : 1)'
if ! tools/with-node "$1" npm --version >/dev/null 2>&1 ||
  ! tools/with-node "$1" node -e "$recent" >/dev/null 2>&1; then
  echo "Installing Node into $1."
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements-node.txt
fi
tools/with-node "$1" npm ci --silent
