#!/bin/sh
# demo_test.sh WARDHIVE HAPROXY: makes a chain with a lease on it (where Node is there), plays the
# whole demo and succeeds only if all of it was seen from outside. 77: cannot be tried here.
set -eu
[ -x "$2" ] || { echo "skipped: $2 is missing (tools/peers haproxy)"; exit 77; }
unshare -Urn true 2>/dev/null || { echo "skipped: no user namespaces here"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
root=$(cd "$(dirname "$0")/../../.." && pwd)
mkdir "$out/chain"
set -- "$1" "$2" --chain "$out/chain"
WARDHIVE_BINARY=$1 "$root/tools/walk" --until 'An hour later' --keep "$out/chain" \
  "$root/docs/guide/leasing.md" >"$out/walk" 2>&1 || {
  [ $? -eq 77 ] || { cat "$out/walk"; exit 1; }
  echo "without a chain: Node or the packages of programs/vm are missing"
  set -- "$1" "$2"
}
wardhive=$1 haproxy=$2
shift 2
if "$wardhive" demo --exit --json --haproxy "$haproxy" "$@" >"$out/summary"; then
  echo "all seen from outside"
else
  cat "$out/summary"
  exit 1
fi
