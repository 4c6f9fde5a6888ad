#!/bin/sh
# openapi.sh HEAD VERSION OUT PROGRAM.fcgi...: make the OpenAPI document of the API: its head, to which each program adds
# the routes of its own table (--openapi).
set -eu

head=$1 version=$2 out=$3
shift 3
export LC_ALL=C
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

sed "s/@VERSION@/$version/" "$head" >"$new/doc"
for program; do
    "$program" --openapi <"$new/doc" >"$new/next" || { echo "openapi.sh: error: $program --openapi failed" >&2; exit 1; }
    mv "$new/next" "$new/doc"
done
mv "$new/doc" "$out"
