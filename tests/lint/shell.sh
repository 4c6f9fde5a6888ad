#!/usr/bin/env bash
# Shellcheck finds nothing in any shell script of ours, wherever it is, nor in what they source.
set -euo pipefail
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# shellcheck disable=SC2016  # a bad sample
printf '#!/bin/sh\nrm -rf $1/x\n' >"$tmp/bad.sh"
if shellcheck "$tmp/bad.sh" >/dev/null; then
    echo 'shell.sh: shellcheck does not bite' >&2
    exit 2
fi

# Scripts are found by their first line, so that a new one is not forgotten.
mapfile -t scripts < <(find . \( -path ./node_modules -o -path ./.git -o -path './build*' \
    -o -path ./var -o -path ./autom4te.cache -o -name configure -o -name 'configure~' \) -prune \
    -o -type f -exec awk 'FNR == 1 && /^#! ?\/(usr\/)?bin\/(env )?(ba|da)?sh/ { print FILENAME } { nextfile }' {} + |
    LC_ALL=C sort)
((${#scripts[@]} >= 4)) || { echo 'shell.sh: found no scripts' >&2; exit 2; }

said=$(shellcheck -x -a "${scripts[@]}") || { printf '%s\n' "$said" >&2; exit 1; }
for f in "${scripts[@]}"; do
    [[ $f == */tests/lint/* || -x $f ]] || { echo "$f: begins like a program and cannot be run" >&2; exit 1; }
done
# Where a pipe fails with its first part (pipefail), a reader that stops early makes the writer fail when
# it has more to say than a pipe holds: such a reader takes a text that is whole ("<<<"), or reads to the end.
early='\|[[:space:]]*(grep[[:space:]]+([^|]*[[:space:]])?-[[:alnum:]]*[qm]|head([[:space:]]|$)|sed[[:space:]]+[^|]*[0-9]q)'
for bad in 'a | grep -q b' 'a | grep -E -m 1 b' 'a | head -n 1' 'a | sort | sed 10q'; do
    grep -qE "$early" <<<"$bad" || { echo 'shell.sh: the rule about readers does not bite' >&2; exit 2; }
done
said=$(grep -nE "$early" "${scripts[@]}" tools/dev/*.sh | grep -v "tests/lint/shell.sh:" || true)
[[ -z $said ]] || { printf 'a reader that stops before its writer has ended:\n%s\n' "$said" >&2; exit 1; }
# A part of a script is checked with the script that sources it.
for f in tools/dev/*.sh; do
    grep -qxF ". $f" dev || { echo "$f: ./dev does not source it" >&2; exit 1; }
done
echo "shell.sh: ok, ${#scripts[@]} scripts"
