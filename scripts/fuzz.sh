#!/usr/bin/env bash
# Fuzzes every target of the module, one after the other.
#   scripts/fuzz.sh [TIME] [PATTERN]     default: 60s each, all targets
# A target that fails leaves its input under testdata/fuzz of its package; the others still run.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
pattern=${2:-.}

mapfile -t targets < <(
  git ls-files --cached --others --exclude-standard '*_test.go' |
    xargs -r grep -HoE '^func Fuzz[A-Za-z0-9_]+\(f \*testing\.F\)' |
    sed -E 's|^(.*)/[^/]*:func (Fuzz[A-Za-z0-9_]+)\(.*|./\1 \2|' | sort -u | grep -E -- "$pattern"
)
if [ ${#targets[@]} -eq 0 ]; then
  echo "no fuzz target matches $pattern" >&2
  exit 1
fi
failed=()
for target in "${targets[@]}"; do
  read -r pkg name <<<"$target"
  echo "== $pkg $name"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$pkg" || failed+=("$pkg $name")
done
echo "${#targets[@]} targets, ${#failed[@]} failed"
if [ ${#failed[@]} -gt 0 ]; then
  printf '  %s\n' "${failed[@]}"
  exit 1
fi
