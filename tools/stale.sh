#!/bin/sh
# Prints "stale" if the virtual environment $1 is of no use: its Python is gone or is
# another version than the one it was filled for, or $PYTHON asks for another Python.
set -u

[ -e "$1" ] || exit 0
# Without site packages this takes a few hundredths of a second.
filled='import os, sys
place = "lib/python%d.%d/site-packages" % sys.version_info[:2]
sys.exit(not os.path.isdir(os.path.join(sys.argv[1], place)))'
where='import os, sys; print(os.path.realpath(sys.executable))'

if ! "$1/bin/python" -I -S -c "$filled" "$1" >/dev/null 2>&1; then
  echo stale
elif [ -n "${PYTHON:-}" ]; then
  here=$("$1/bin/python" -I -S -c "$where")
  asked=$("$PYTHON" -I -S -c "$where" 2>/dev/null)
  [ "$here" = "$asked" ] || echo stale
fi
