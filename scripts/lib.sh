# shellcheck shell=bash
# What the scripts share. Source it first: it stands in the repository's root and stops at the first error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*"; }

# One clear sentence, and the end.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# How much to do at once: CW_JOBS, else one job a core, and no more than memory allows (a compile may take 2 GB).
jobs_count() {
  local cores memory_gb
  cores=$(nproc)
  memory_gb=$(awk '/^MemTotal/ {print int($2 / 1048576)}' /proc/meminfo)
  local fit=$((memory_gb / 2 > 0 ? memory_gb / 2 : 1))
  printf '%s' "${CW_JOBS:-$((cores < fit ? cores : fit))}"
}

# logged NAME COMMAND…: output goes to build/logs/NAME.log; only a failure shows it (its end).
logged() {
  local name=$1 started=$SECONDS
  shift
  mkdir -p build/logs
  local log=build/logs/$name.log
  if "$@" >"$log" 2>&1 </dev/null; then
    say "$name: done in $((SECONDS - started)) s"
  else
    local code=$?
    tail -n 60 "$log" >&2
    printf '%s: failed after %s s; all of its output is in %s\n' "$name" $((SECONDS - started)) "$log" >&2
    return "$code"
  fi
}
