#!/bin/sh
# Prints the Python to use: $PYTHON if given, else the newest of those on this machine
# that is at least 3.11 and can make virtual environments. Says what to type if none is.
set -u

good() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

root=""
[ "$(id -u)" = 0 ] || root="sudo "

if [ -n "${PYTHON:-}" ]; then
  set -- "$PYTHON"
else
  set -- python3.13 python3.12 python3.11 python3
fi

found=""
for each in "$@"; do
  if good "$each"; then
    if "$each" -c 'import ensurepip, venv' >/dev/null 2>&1; then
      echo "$each"
      exit 0
    fi
    found="${found:-$each}"
  fi
done

if [ "$(uname)" = Darwin ]; then
  echo "Parley needs Python 3.11 or newer. Type: brew install python@3.13" >&2
elif [ -n "$found" ]; then
  package=$("$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  echo "Parley needs venv for $found. Type: ${root}apt install $package" >&2
else
  echo "Parley needs Python 3.11 or newer with venv. Type: ${root}apt install python3 python3-venv" >&2
fi
exit 1
