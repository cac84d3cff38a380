#!/usr/bin/env bash
# Installs what is missing on a Debian machine.
#   scripts/needs.sh go|postgres|chromium|poppler…
set -euo pipefail

packages=()
for need in "$@"; do
  case $need in
  go)
    if ! command -v go >/dev/null; then
      echo "Go is not installed. Install Go 1.26 or newer from https://go.dev/dl/ and put it on PATH." >&2
      exit 1
    fi
    ;;
  postgres) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql) ;;
  chromium) [ -n "${SEN_CHROMIUM:-}" ] || command -v chromium >/dev/null || packages+=(chromium) ;;
  poppler) command -v pdftotext >/dev/null || packages+=(poppler-utils) ;;
  pngquant) command -v pngquant >/dev/null || packages+=(pngquant) ;;
  *)
    echo "unknown need: $need" >&2
    exit 2
    ;;
  esac
done
[ ${#packages[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing: ${packages[*]}. As root: apt-get install -y ${packages[*]}" >&2
    exit 1
  fi
  root=(sudo)
fi
echo "installing: ${packages[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
{
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}"
} >&2
