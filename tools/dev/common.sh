# shellcheck shell=bash
# What every command needs: where things are, and how it speaks.

# A second instance beside the first has another place and other ports.
var=${DEV_VAR:-$top/var}
http=${DEV_HTTP:-8080}
https=${DEV_HTTPS:-8443}
build=${DEV_BUILD:-$top/build}   # its programs are started
conf=$var/conf/paqueteria.conf
programs=$var/programs

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
