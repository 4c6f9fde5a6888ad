#!/usr/bin/env bash
# Lists of files in a local.mk hold what their "# files:" lines name (tools/dev/sources.sh).
set -euo pipefail
shopt -s globstar nullglob
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
say() { :; }
# shellcheck source=tools/dev/sources.sh
. tools/dev/sources.sh

# A list with a file too few, one too many, and one left behind its end by a merge.
sample() { printf '# files: tests/lint/sou*.sh\nX = \\\n%s\nY = 1\n' "$1"; }
good=$'\ttests/lint/sources.sh'
for list in "$good" $'\ttests/lint/old.sh' $'\ttests/lint/old.sh \\\n'"$good" "$good"$'\n\ttests/lint/old.sh'; do
    sample "$list" >"$tmp/local.mk"
    [[ $(update_lists "$tmp/local.mk") == "$(sample "$good")" ]] ||
        { printf 'sources.sh: does not mend a list of "%s"\n' "$list" >&2; exit 2; }
done

cmd_sources --check
echo 'sources.sh: ok'
