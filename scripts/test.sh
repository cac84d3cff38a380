#!/usr/bin/env bash
# Runs every test on both engines and in a browser, on a machine that has Go and nothing else.
#   scripts/test.sh [go test arguments]     default: ./...
# SEN_TEST_PG uses a PostgreSQL that runs already (its user may create databases).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/needs.sh go postgres chromium poppler

if [ -z "${SEN_TEST_PG:-}" ]; then
  # Outside the checkout: PostgreSQL runs under an account of its own, which may not read it.
  pg=$(mktemp -d "${TMPDIR:-/tmp}/sen-postgres.XXXXXX")
  chmod 755 "$pg"
  trap 'scripts/postgres.sh stop "$pg/data"; rm -rf "$pg"' EXIT
  port=$(scripts/free-port.sh)
  SEN_TEST_PG=$(scripts/postgres.sh start "$pg/data" "$port")
  export SEN_TEST_PG
fi
# What is missing fails instead of being skipped.
export CI=${CI:-1}
# Folders of real messages; tests that read them say so when one is absent.
export SEN_VECTORS=${SEN_VECTORS:-$PWD/../shared/vectors}
export SEN_STATEMENTS=${SEN_STATEMENTS:-$PWD/../shared/samples/bank}

[ $# -gt 0 ] || set -- ./...
go test -timeout 20m "$@"
