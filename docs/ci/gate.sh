#!/bin/sh
# lagvet on any CI server that has a POSIX shell, git and Go. It fails if the change
# that is checked out brings a new latency hazard:
#
#     sh gate.sh [BRANCH]
#
# BRANCH of the remote origin is what the change is to be merged into; main if none is
# named. Reports go to the folder lagvet-reports, or to $LAGVET_REPORTS.
#
# It ends with 0 if nothing is new, 1 if something is, and 2 or 3 if nothing can be
# said. Keep Go's build cache (go env GOCACHE) from one run to the next: lagvet's
# results are in it.
set -eu

branch=${1:-main}
reports=${LAGVET_REPORTS:-lagvet-reports}

# Many servers fetch one branch, or the last commit only. The gate needs the branch
# that the change is to be merged into, and the commit at which they went apart.
git fetch --quiet --no-tags origin "+refs/heads/$branch:refs/remotes/origin/$branch"
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
	git fetch --quiet --no-tags --unshallow origin
fi

mkdir -p "$reports"
code=0
lagvet gate --base "origin/$branch" \
	--report "junit=$reports/lagvet.xml" \
	--report "html=$reports/lagvet.html" \
	--report "markdown=$reports/lagvet.md" \
	./... || code=$?

case $code in
0 | 1) ;; # the report says which
*) echo "gate.sh: lagvet ended with $code: nothing is known of this change, so it must not pass" >&2 ;;
esac
exit "$code"
