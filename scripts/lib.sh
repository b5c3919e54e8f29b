# shellcheck shell=bash
# What the scripts of this folder share: messages, and where the tools are found. Source it; it runs nothing.

# The oldest Node that the Better Auth client supports.
DOORKEY_NODE_MAJOR=20

# Tools that no Debian package offers are kept here, outside the checkout, so that every clone finds them.
DOORKEY_TOOLS=${DOORKEY_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/doorkey}

# Debian keeps PgBouncer where only root's PATH looks.
PATH=$PATH:/usr/sbin

have() { command -v "$1" >/dev/null 2>&1; }

# say TEXT…: a line on standard error, since standard output may be for evaluation.
say() { printf '%s\n' "$*" >&2; }

# die TEXT…: say it and fail with 1; usage errors use 2.
die() {
  say "${0##*/}: $*"
  exit 1
}

# pg_bin: the folder of the newest Postgres server programs; fails when there are none.
# Debian keeps them off PATH, one folder a version.
pg_bin() {
  local dir
  while read -r dir; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then
      printf '%s\n' "$dir"
      return 0
    fi
  done < <(
    find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -Vr
    if have initdb; then dirname "$(command -v initdb)"; fi
  )
  return 1
}

# node_ok: is the Node on PATH recent enough?
node_ok() {
  have node && have npm || return 1
  local version
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$DOORKEY_NODE_MAJOR" ]
}

# use_node: put the Node that `scripts/setup` fetched on PATH, unless PATH has a good one already.
use_node() {
  if node_ok; then return 0; fi
  PATH="$DOORKEY_TOOLS/node/bin:$PATH"
  export PATH
  node_ok
}

# pgbouncer_ok COMMAND…: does this run a PgBouncer that follows prepared statements in transaction mode (1.21)?
pgbouncer_ok() {
  local version
  version=$("$@" --version 2>/dev/null) || return 1
  [[ $version =~ ^PgBouncer\ ([0-9]+)\.([0-9]+) ]] || return 1
  [ "${BASH_REMATCH[1]}" -gt 1 ] || [ "${BASH_REMATCH[2]}" -ge 21 ]
}

# fetched_pgbouncer DIR: the words of the command that runs the one that `scripts/setup` fetched, from DIR, one a
# line. It is of a newer Debian, so it brings its own libraries and their loader.
fetched_pgbouncer() {
  printf '%s\n' "$1/lib/loader" --library-path "$1/lib" "$1/pgbouncer"
}

# proxy nginx|caddy: the program's path, the machine's own or the one that `scripts/setup` fetched, if it runs.
proxy() {
  local found version=version
  if [ "$1" = nginx ]; then version=-v; fi
  for found in "$(command -v "$1")" "$DOORKEY_TOOLS/proxies/$1"; do
    if [ -x "$found" ] && "$found" "$version" >/dev/null 2>&1; then
      printf '%s\n' "$found"
      return 0
    fi
  done
  return 1
}

# certificate NAME ADDRESS [NAME]: a certificate authority and a certificate by it for that host, in this folder.
certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=doorkey test authority' \
    -keyout ca.key -out ca.crt &&
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout server.key -out server.csr &&
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out server.crt \
      -extfile <(printf 'subjectAltName=DNS:%s,IP:%s%s\n' "$1" "$2" "${3:+,DNS:$3}")
}

# checks_python: the Python that has the programs which check from outside, as `scripts/setup` installed it, whole.
checks_python() {
  [ -f "$DOORKEY_TOOLS/checks/list" ] && printf '%s\n' "$DOORKEY_TOOLS/checks/bin/python"
}
