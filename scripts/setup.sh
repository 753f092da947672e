#!/usr/bin/env bash
# Makes .venv with everything in requirements.lock, on a machine that has Python and nothing else.
# Needs no git, no pip and no root; changes nothing outside this folder. A second run does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly STAMP=.venv/.fieldwork-setup
readonly DOWNLOADS=.fieldwork/pip
readonly LOG=.fieldwork/setup.log

say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    printf '  %s\n' "$@" >&2
    exit 1
}

# Runs a command that takes long: says what begins, how long it took, and its output only if it fails.
step() {
    local title=$1 began=$SECONDS
    shift
    mkdir -p "${LOG%/*}"
    say "$title ..."
    if ! "$@" >"$LOG" 2>&1 </dev/null; then
        tail -n 15 "$LOG" | sed -E 's#https?://[^ ]+#(an address: see the log)#g' >&2
        fail "$title failed; its last words are above, all of them in $LOG" "mend that and run the same command again"
    fi
    if ((SECONDS - began >= 1)); then say "$title: done ($((SECONDS - began)) s)"; fi
}

is_supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in ${FIELDWORK_PYTHON:+"$FIELDWORK_PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && is_supported "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "Python 3.11, 3.12, 3.13 or 3.14 is needed; python3 here is: $(python3 --version 2>&1 || true)" \
        "install one (Debian: apt-get install python3), or name one: FIELDWORK_PYTHON=/path/to/python3.12 make setup"
}

# What the stamp must hold for the folder to be up to date: a changed lock, Python or place means work to do.
fingerprint() {
    cat requirements.lock pyproject.toml scripts/setup.sh | sha256sum | cut -d' ' -f1
    .venv/bin/python -c 'import sys; print(sys.version, sys.base_prefix)'
    pwd
}

is_fresh() {
    [[ -f $STAMP && -x .venv/bin/python ]] && [[ $(fingerprint 2>/dev/null) == "$(<"$STAMP")" ]]
}

make_venv() {
    local python
    if [[ -x .venv/bin/python ]] && is_supported .venv/bin/python && grep -qxF "$PWD" .venv/.fieldwork-place 2>/dev/null; then
        return
    fi
    [[ -w . ]] || fail "this folder is not writable for $(id -un), and its .venv is not ready" \
        "run \`make setup\` as its owner, or work in a copy of your own"
    python=$(find_python)
    "$python" -c 'import venv' 2>/dev/null || fail "$python has no venv module" "apt-get install python3"
    # --without-pip: Debian's Python has no ensurepip; --clear: a folder that was moved here names its old place.
    step "making .venv with $("$python" --version)" "$python" -m venv --without-pip --clear .venv
    pwd >.venv/.fieldwork-place
}

# Prints what to run as pip: of this Python, or as an unpacked package of the distribution (nothing is installed).
find_pip() {
    local wheel
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        echo -m pip
        return
    fi
    if .venv/bin/python -m ensurepip >/dev/null 2>&1; then
        echo -m pip
        return
    fi
    download_pip
    wheel=$(find "$DOWNLOADS" -name 'pip-*.whl' -print -quit)
    [[ -n $wheel ]] || fail "no pip in the distribution's package" "apt-get install python3-venv, then try again"
    echo "$wheel/pip"
}

download_pip() {
    [[ -z $(find "$DOWNLOADS" -name 'pip-*.whl' -print -quit 2>/dev/null) ]] || return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        fail "this Python has neither pip nor ensurepip" "install them (Debian: apt-get install python3-venv)"
    say "this Python has no pip: taking Debian's package python3-pip-whl, unpacked in $DOWNLOADS (not installed)"
    mkdir -p "$DOWNLOADS"/{lists,cache/archives}/partial
    step "apt-get update (private lists)" private_apt update
    step "apt-get download python3-pip-whl" private_apt download python3-pip-whl
    dpkg-deb -x "$DOWNLOADS"/python3-pip-whl_*.deb "$DOWNLOADS"
    rm -rf "$DOWNLOADS"/{lists,cache,*.deb}
}

private_apt() (
    cd "$DOWNLOADS"
    apt-get -q -o Dir::State="$PWD" -o Dir::State::lists="$PWD/lists" -o Dir::State::status=/var/lib/dpkg/status \
        -o Dir::Cache="$PWD/cache" -o Dir::Log="$PWD" -o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@"
)

# uv as the lock has it, its hashes included.
install_uv() {
    local pip wanted
    wanted=$(sed -n 's/^uv==\([^ ]*\) .*/\1/p' requirements.lock)
    if [[ $(.venv/bin/uv --version 2>/dev/null) == "uv $wanted"* ]]; then return; fi
    read -ra pip <<<"$(find_pip)"
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock >.venv/uv.txt
    PIP_DISABLE_PIP_VERSION_CHECK=1 step "installing uv $wanted with pip" \
        .venv/bin/python "${pip[@]}" install --quiet --require-hashes --no-deps -r .venv/uv.txt
}

# uv does not read pip's settings: a machine that names its own index or certificates does so there.
follow_pip_settings() {
    local pip index certificates
    read -ra pip <<<"$(find_pip)"
    index=$(.venv/bin/python "${pip[@]}" config get global.index-url 2>/dev/null || true)
    certificates=$(.venv/bin/python "${pip[@]}" config get global.cert 2>/dev/null || true)
    if [[ -n $index ]]; then export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}; fi
    if [[ -n $certificates ]]; then export SSL_CERT_FILE=${SSL_CERT_FILE:-$certificates}; fi
    if ! mkdir -p "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/uv}" 2>/dev/null; then
        export UV_CACHE_DIR=$PWD/.fieldwork/cache/uv
    fi
}

main() {
    if is_fresh; then return; fi
    make_venv
    install_uv
    follow_pip_settings
    export VIRTUAL_ENV=$PWD/.venv UV_NO_PROGRESS=1
    step "installing the packages of requirements.lock" .venv/bin/uv pip sync --quiet --require-hashes requirements.lock
    step "installing fieldwork itself (editable)" \
        .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
    fingerprint >"$STAMP"
}

main
