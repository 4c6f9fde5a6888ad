# shellcheck shell=bash
# The build folders: build/ as it ships, and those with sanitizers, by clang, for fuzzing.

cmd_build() {
    mkdir -p build
    exec 8>build/.lock
    flock 8
    cmd_sources --check 2>/dev/null || say 'A list of files is not up to date: ./dev sources'
    if [[ package-lock.json -nt node_modules/.package-lock.json ]]; then
        say 'Fetching SQLite and the test tools (npm ci)'
        npm ci --ignore-scripts --no-audit --no-fund
    fi
    configure_in build --enable-werror CC="${CC:-$(remembering gcc)}"
    make -C build -j"$(nproc)"
    node tools/permissions.mjs
    exec 8>&-
}

# A compiler that remembers what it has compiled, where there is ccache.
remembering() { ! command -v ccache >/dev/null || printf 'ccache '; printf '%s\n' "$1"; }
export CCACHE_DIR=${CCACHE_DIR:-$top/build-ccache} CCACHE_BASEDIR=${CCACHE_BASEDIR:-$top} CCACHE_NOHASHDIR=1

# configure_in DIR [option…]: autoreconf and configure when they are due.
configure_in() {
    local dir=$1; shift
    if [[ ! -f configure || configure.ac -nt configure ]]; then
        say 'Making configure'
        mkdir -p build-aux
        autoreconf -fi || return
    fi
    if [[ ! -f $dir/config.status || configure -nt $dir/config.status ]]; then
        say "Configuring $dir"
        mkdir -p "$dir"
        (cd "$dir" && ../configure --quiet --prefix="$top/var/installed" "$@") || return
        make -s -C "$dir" clean || return    # objects made with other flags would stay
    fi
}

# Build with the sanitizers in build-asan.
build_asan() {
    configure_in build-asan --enable-werror --enable-sanitizers CC="${CC:-$(remembering gcc)}" CFLAGS='-O1 -g' &&
        make -C build-asan -j"$(nproc)" >/dev/null
}

build_clang() {
    configure_in build-clang --enable-werror CC="$(remembering clang)" &&
        make -C build-clang -j"$(nproc)" >/dev/null
}

build_fuzz() {
    configure_in build-fuzz --enable-fuzzers CC="$(remembering clang)" CFLAGS='-O1 -g' &&
        make -C build-fuzz -j"$(nproc)" fuzz-targets >/dev/null
}
