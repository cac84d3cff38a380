#!/usr/bin/env bash
# Everything that reads the code without running it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/needs.sh go

say() { echo "== $*"; }
say tools
GOBIN="$PWD/bin" go install -C tools tool

say gofumpt
# Only files that git knows or would: not what lies in bin, data or tmp.
unformatted=$(
  git ls-files -z --cached --others --exclude-standard '*.go' |
    while IFS= read -r -d '' f; do [ ! -e "$f" ] || printf '%s\0' "$f"; done |
    xargs -0 -r bin/gofumpt -l
)
if [ -n "$unformatted" ]; then
  echo "not formatted; run bin/gofumpt -w on:" >&2
  echo "$unformatted" >&2
  exit 1
fi

say vet
go vet ./...
say staticcheck
bin/staticcheck ./...
say floors
go test ./internal/archtest
say go.mod
go mod tidy -diff
go mod verify
