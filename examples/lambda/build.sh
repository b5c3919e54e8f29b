#!/usr/bin/env bash
# usage: examples/lambda/build.sh [FILE…]
# Builds Doorkey's functions for the processor that this machine has, and packs each as Lambda takes it, where
# template.yaml looks for it: target/lambda/NAME.zip. Every FILE is put into each archive, and is there as
# /var/task/FILE: a database's own certificates, for instance.
# DOORKEY_BINARIES=DIR packs the binaries of an earlier build and builds nothing.
set -euo pipefail
files=()
for file in "$@"; do files+=("$(realpath -e "$file")"); done
cd "$(dirname "$0")/../.."

binaries=${DOORKEY_BINARIES:-${CARGO_TARGET_DIR:-target}/release}
if [ -z "${DOORKEY_BINARIES:-}" ]; then cargo build --release --locked --bins; fi
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
printf 'Built for %s: Architecture=%s\n' "$(uname -m)" "$(uname -m | sed 's/aarch64/arm64/')"
