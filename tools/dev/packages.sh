# shellcheck shell=bash
# Debian's packages that a command needs.

packages_build='gcc ccache make autoconf automake pkg-config libc6-dev xz-utils
    libfcgi-dev libhiredis-dev libjson-c-dev libcurl4-openssl-dev clearsilver-dev zlib1g-dev
    libcriterion-dev libsodium-dev libutf8proc-dev libvips-dev libwebp-dev libpng-dev libzint-dev libmagic-dev libseccomp-dev
    libexpat1-dev libminizip-dev libxlsxwriter-dev
    libpango1.0-dev fonts-liberation2 nginx redis-server openssl ca-certificates'
packages_test='clang clang-tidy libclang-rt-14-dev shellcheck cppcheck chromium-headless-shell fonts-dejavu-core poppler-utils
    faketime fiu-utils libfiu0 logrotate'
packages_attack='sqlmap wapiti'
packages_bench='wrk celery python3-redis'

# install PACKAGE…: what is missing of them, without starting their services.  A
# subshell, at whose end the trap cleans up.
install() (
    missing=() as_root=()
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        set -- "$@" nodejs npm
    fi
    have=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for p; do
        [[ $'\n'$have$'\n' == *$'\n'"$p installed"$'\n'* ]] || missing+=("$p")
    done
    ((${#missing[@]})) || exit 0
    say "Installing ${missing[*]}"
    if ((EUID)); then
        command -v sudo >/dev/null || die "run as root once, or install: ${missing[*]}"
        as_root=(sudo)
    fi
    # We start nginx and Redis ourselves: Debian's own services stay off.
    if [[ ! -e /usr/sbin/policy-rc.d ]]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
        "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
        # shellcheck disable=SC2064  # as it is now
        trap "${as_root[*]} rm -f /usr/sbin/policy-rc.d" EXIT
    fi
    "${as_root[@]}" apt-get -q update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}"
)
