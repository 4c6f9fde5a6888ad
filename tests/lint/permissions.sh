#!/usr/bin/env bash
# docs/permissions.md is what the route tables say.
set -euo pipefail
cd "$(dirname "$0")/../.."
node tools/permissions.mjs --check && echo 'permissions.sh: ok'
