#!/bin/sh
# Makes the virtual environment $1 and installs the requirements file $2 into it.
set -eu

# One that was copied, or whose Python is gone, is made anew.
if [ -e "$1" ] && ! "$1/bin/python" -c '' >/dev/null 2>&1; then
  rm -rf "$1"
fi
if [ ! -e "$1/bin/python" ]; then
  python=$(sh tools/python.sh)
  echo "Making $1 with $python."
  "$python" -m venv "$1"
fi
echo "Installing $2."
"$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2"
