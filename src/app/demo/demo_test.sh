#!/bin/sh
# demo_test.sh WARDHIVE HAPROXY: plays the whole demo and succeeds only if all of it was seen from
# outside. Exit code 77: cannot be tried here.
set -eu
[ -x "$2" ] || { echo "skipped: $2 is missing (tools/peers haproxy)"; exit 77; }
unshare -Urn true 2>/dev/null || { echo "skipped: no user namespaces here"; exit 77; }
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if "$1" demo --exit --json --haproxy "$2" >"$out"; then
  echo "all seen from outside"
else
  cat "$out"
  exit 1
fi
