#!/usr/bin/env bash
# usage: examples/lambda/build.sh [FILE…]
# Builds Doorkey's functions for the processor that this machine has, and packs each as Lambda takes it, where
# template.yaml looks for it: target/lambda/NAME.zip. Every FILE is put into each archive, and is there as
# /var/task/FILE: a database's own certificates, for instance.
# DOORKEY_BINARIES=DIR packs the binaries of an earlier build and builds nothing.
# What would not start there, since it was built on a system with a newer C library, is named, and nothing is packed.
set -euo pipefail
files=()
for file in "$@"; do files+=("$(realpath -e "$file")"); done
cd "$(dirname "$0")/../.."

# The C library of the runtime, provided.al2023.
glibc=2.34

# needs_glibc PROGRAM: the newest version of the C library that it asks for; none, if it is linked statically. Packed
# relocations (DT_RELR), which some systems' linkers make, are told by a name, and came with 2.36.
needs_glibc() {
  { grep -aoE 'GLIBC_([0-9]+\.[0-9]+|ABI_DT_RELR)' "$1" || true; } |
    sed 's/GLIBC_//; s/ABI_DT_RELR/2.36/' | sort -uV | tail -n 1
}

binaries=${DOORKEY_BINARIES:-${CARGO_TARGET_DIR:-target}/release}
if [ -z "${DOORKEY_BINARIES:-}" ]; then cargo build --release --locked --bins; fi
newest=0
for source in api/*.rs; do
  name=$(basename "$source" .rs)
  needed=$(needs_glibc "$binaries/$name")
  if [ "$(printf '%s\n' "$needed" "$glibc" | sort -V | tail -n 1)" != "$glibc" ]; then
    echo "$name needs glibc $needed, and the runtime has $glibc: build on an older system, as Debian 12" >&2
    exit 1
  fi
  newest=$(printf '%s\n' "$needed" "$newest" | sort -V | tail -n 1)
done
mkdir -p target/lambda
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for source in api/*.rs; do
  name=$(basename "$source" .rs)
  install -m 755 "$binaries/$name" "$work/bootstrap"
  rm -f "target/lambda/$name.zip"
  zip --quiet --junk-paths "target/lambda/$name.zip" "$work/bootstrap" "${files[@]}"
done
ls -lh target/lambda/*.zip
printf 'They need glibc %s; the runtime has %s\n' "$newest" "$glibc"
printf 'Built for %s: Architecture=%s\n' "$(uname -m)" "$(uname -m | sed 's/aarch64/arm64/')"
