#!/usr/bin/env bash
# What the GitHub action does: finds gander and the base, lints, annotates. The exit code is gander's.
set -euo pipefail

main() {
    local gander base status=0
    gander=$(find_gander)
    base=$(find_base)

    local arguments=(lint)
    if [[ -n $base ]]; then
        echo "gander: judging what changed since $(git rev-parse --short "$base") ($base)"
        arguments+=("--since=$base")
    else
        echo "gander: this event has no base; judging what is not on the base branch"
    fi
    if [[ -n ${GANDER_FAIL_ON:-} ]]; then
        arguments+=("--fail-on=$GANDER_FAIL_ON")
    fi
    local paths=() path
    while IFS= read -r path; do
        path=${path%$'\r'}
        [[ -z $path ]] || paths+=("$path")
    done <<<"${GANDER_PATHS:-}"

    local reports
    reports=$(mktemp -d "${RUNNER_TEMP:-/tmp}/gander.XXXXXX")
    "$gander" "${arguments[@]}" --output-format=github -- ${paths[@]+"${paths[@]}"} \
        >"$reports/annotations" 2>"$reports/messages" || status=$?
    # The same for a reader of the log. What it finds, the first run has said and counted.
    "$gander" "${arguments[@]}" --output-format=full --color=always -- ${paths[@]+"${paths[@]}"} \
        >"$reports/full" 2>/dev/null || true

    without_commands cat "$reports/full" "$reports/messages"
    cat "$reports/annotations"
    rm -rf "$reports"
    return "$status"
}

find_gander() {
    if [[ -n ${GANDER_BINARY:-} ]]; then
        command -v -- "$GANDER_BINARY" || die "the input 'binary' names no program: $GANDER_BINARY"
    elif command -v gander; then
        :
    elif command -v cargo >/dev/null; then
        local root=${RUNNER_TEMP:-/tmp}/gander-install
        # From the action's own directory, so that no cargo settings of the checked-out project apply.
        (cd "$GITHUB_ACTION_PATH" && cargo install --locked --path . --root "$root" >&2) ||
            die "gander could not be built"
        echo "$root/bin/gander"
    else
        die "gander is not on the PATH, and there is no cargo to build it"
    fi
}

# Prints the revision whose merge base with HEAD is where the change begins; nothing when the event has none.
find_base() {
    if [[ -n ${GANDER_BASE:-} ]]; then
        verified "$GANDER_BASE" || die_without_history "$GANDER_BASE"
    elif [[ -n ${GITHUB_BASE_REF:-} ]]; then
        if [[ $(git rev-parse HEAD) == "${GITHUB_SHA:-}" ]]; then
            # The merge of the pull request into its base, which is the first parent.
            verified "HEAD^1" || die_without_history "the pull request's base"
        else
            verified "origin/$GITHUB_BASE_REF" || die_without_history "origin/$GITHUB_BASE_REF"
        fi
    elif [[ -n ${GANDER_MERGE_GROUP_BASE:-} ]]; then
        verified "$GANDER_MERGE_GROUP_BASE" || die_without_history "the merge group's base"
    elif [[ ${GANDER_PUSH_BEFORE:-} == *[!0]* ]]; then
        # A forced push can leave it unreachable; in a shallow clone it is merely not here.
        verified "$GANDER_PUSH_BEFORE" || [[ $(git rev-parse --is-shallow-repository) == false ]] ||
            die_without_history "the commit before the push"
    fi
}

# Prints the revision if it is a commit that we have.
verified() {
    git rev-parse --quiet --verify --end-of-options "$1^{commit}" >/dev/null && printf '%s\n' "$1"
}

# Never falls back to judging nothing: that would be green and mean nothing.
die_without_history() {
    die "$1 is not in this clone; give actions/checkout 'fetch-depth: 0' (2 is enough for a pull request), or set the input 'base'"
}

# Runs a command whose output may hold text of the pull request. The runner takes some such lines for
# commands (`::add-mask::…`), so it is told to look away until it sees a word that nobody could guess.
without_commands() {
    local token
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$token"
    "$@"
    printf '\n::%s::\n' "$token"
}

die() {
    local message=$*
    message=${message//'%'/%25}
    message=${message//$'\r'/%0D}
    message=${message//$'\n'/%0A}
    echo "::error title=gander::$message" >&2
    exit 2
}

main
