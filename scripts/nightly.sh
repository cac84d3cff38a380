#!/usr/bin/env bash
# The long runs: killing the process at full size on both engines, fuzzing every decoder,
# benchmarks. Parts go on when one fails; the exit status tells.
#   scripts/nightly.sh [crash] [fuzz] [bench]     default: all three
set -uo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- crash fuzz bench
status=0
for part in "$@"; do
  echo "=== $part"
  case $part in
  crash)
    SEN_CRASH_KILLS=${SEN_CRASH_KILLS:-50} SEN_CRASH_CREDITS=${SEN_CRASH_CREDITS:-100000} \
      scripts/test.sh -timeout 6h -count 1 -v -run '^TestCrash' ./internal/app || status=1
    ;;
  fuzz) scripts/fuzz.sh "${SEN_FUZZ_TIME:-60s}" || status=1 ;;
  bench) scripts/test.sh -timeout 2h -run '^$' -bench . -benchmem ./... || status=1 ;;
  *)
    echo "unknown part: $part" >&2
    status=2
    ;;
  esac
done
exit $status
