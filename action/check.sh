# Run `contractkit diff` and say where its reports are; always ends with 0, since the last step of the action decides.
set -euo pipefail

lines() { while IFS= read -r line || [ -n "$line" ]; do [ -z "$line" ] || printf '%s\0' "$line"; done <<<"$1"; }

# A checkout for CI has one commit. What the base names of a remote branch is fetched, so that it can be read.
case $CONTRACTKIT_BASE in
    origin/*!*) branch=${CONTRACTKIT_BASE#origin/} && branch=${branch%!*} ;;
    git:origin/*:*) branch=${CONTRACTKIT_BASE#git:origin/} && branch=${branch%%:*} ;;
    *) branch="" ;;
esac
if [ -n "$branch" ] && ! git rev-parse --quiet --verify "refs/remotes/origin/$branch^{commit}" >/dev/null; then
    git fetch --quiet --no-tags --depth 1 origin "+refs/heads/$branch:refs/remotes/origin/$branch"
fi

reports=$(mktemp -d "${RUNNER_TEMP:-/tmp}/contractkit.XXXXXX")
words=(--format github)
for form in markdown json sarif; do
    words+=(--format "$form:$reports/contract.$form")
    printf '%s=%s\n' "$form" "$reports/contract.$form" >>"$GITHUB_OUTPUT"
done
while IFS= read -r -d '' form; do words+=(--format "$form"); done < <(lines "$CONTRACTKIT_FORMAT")
[ -z "$CONTRACTKIT_FAIL_ON" ] || words+=(--fail-on "$CONTRACTKIT_FAIL_ON")
while IFS= read -r -d '' word; do words+=("$word"); done < <(lines "$CONTRACTKIT_ARGS")
# A base at a git revision is compared with the same app or file as it is here.
if [ -n "$CONTRACTKIT_BASE" ] && [ -z "$CONTRACTKIT_REVISION" ]; then
    case $CONTRACTKIT_BASE in
        *!*) CONTRACTKIT_REVISION=${CONTRACTKIT_BASE##*!} ;;
        git:*:*) CONTRACTKIT_REVISION=${CONTRACTKIT_BASE##*:} ;;
        *)
            echo "contractkit: base $CONTRACTKIT_BASE: no revision is named; give the input \`revision\`, too" >&2
            printf 'exit-code=2\n' >>"$GITHUB_OUTPUT"
            exit 0
            ;;
    esac
fi
[ -z "$CONTRACTKIT_BASE" ] || words+=("$CONTRACTKIT_BASE")
[ -z "$CONTRACTKIT_REVISION" ] || words+=("$CONTRACTKIT_REVISION")

code=0
contractkit diff "${words[@]}" || code=$?
printf 'exit-code=%s\n' "$code" >>"$GITHUB_OUTPUT"
