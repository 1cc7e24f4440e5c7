#!/bin/sh
# Writes $1 with a fresh secret for use on this machine, readable by its owner only.
set -eu
umask 077
secret=$(head -c 60 /dev/urandom | base64 | tr -d '\n/+=')
cat >"$1.new" <<END
# Settings of this machine; README.md lists all. An exported variable wins over this file.
SECRET_KEY=$secret
END
mv "$1.new" "$1"
echo "Made $1 with a secret of its own."
