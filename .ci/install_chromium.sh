#!/bin/sh
# The tests of the review page want a browser. On Debian and Ubuntu, as root, it is installed; elsewhere they are skipped.
command -v chromium >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || exit 0
echo 'Installing chromium for the tests of the review page ...'
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes -qq --no-install-recommends chromium >/dev/null 2>&1 && exit 0
apt-get update -qq >/dev/null 2>&1
apt-get install --yes -qq --no-install-recommends chromium >/dev/null 2>&1 || echo 'chromium cannot be installed: its tests are skipped' >&2
exit 0
