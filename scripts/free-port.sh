#!/usr/bin/env bash
# Prints a port of loopback on which nobody listens.
set -euo pipefail
for _ in $(seq 100); do
  port=$((20000 + RANDOM % 10000))
  if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "$port"
    exit 0
  fi
done
echo "no free port found" >&2
exit 1
