#!/bin/sh
# Installs the developer tools of package-lock.json. Node comes from the machine if it is
# at least 20, else from PyPI into the virtual environment $1.
set -eu
if ! tools/with-node "$1" sh -c 'command -v npm && node -e "process.exit(parseInt(process.versions.node) < 20)"' >/dev/null 2>&1; then
  echo "Installing Node into $1."
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements-node.txt
fi
tools/with-node "$1" npm ci --silent
