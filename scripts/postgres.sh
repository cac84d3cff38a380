#!/usr/bin/env bash
# A throw-away PostgreSQL for tests and benchmarks, on loopback, in a folder of its own.
#   scripts/postgres.sh start DIR [PORT] [fsync=on|off]   prints its DSN
#   scripts/postgres.sh stop DIR
# Installs Debian's postgresql when it is missing. Never touches a cluster of the machine.
set -euo pipefail
verb=${1:?start or stop}
dir=${2:?folder}
port=${3:-54329}
fsync=${4:-fsync=off}

if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq postgresql; } >&2
fi
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
# PostgreSQL refuses to run as root: use the account that Debian's package made.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

case $verb in
start)
  if [ ! -e "$dir/PG_VERSION" ]; then
    mkdir -p "$dir"
    [ "$(id -u)" != 0 ] || chown postgres "$dir"
    as "$bin/initdb" -D "$dir" -U sen --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  fi
  if ! as "$bin/pg_ctl" -D "$dir" status >/dev/null 2>&1; then
    as "$bin/pg_ctl" -D "$dir" -w -l "$dir/log" \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c $fsync -c max_connections=200 -c shared_buffers=256MB -c max_wal_size=4GB" start >/dev/null
  fi
  port=$(sed -n 4p "$dir/postmaster.pid")
  as "$bin/psql" -h 127.0.0.1 -p "$port" -U sen -d postgres -tAc "select 1 from pg_database where datname = 'sen'" | grep -q 1 ||
    as "$bin/createdb" -h 127.0.0.1 -p "$port" -U sen sen
  echo "postgres://sen@127.0.0.1:$port/sen?sslmode=disable"
  ;;
stop)
  as "$bin/pg_ctl" -D "$dir" -m immediate stop >/dev/null 2>&1 || true
  ;;
*)
  echo "usage: $0 start|stop DIR [PORT] [fsync=on|off]" >&2
  exit 2
  ;;
esac
