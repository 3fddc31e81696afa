#!/bin/bash
# build.sh [all]: builds the console's page into gateway/target/classes, unless it is newer than its sources. Where it cannot be built (no npm, an old node, no packages) it
# says why and takes the page away; that is no failure, the program works without. With `all` what tests need is installed too, and that it cannot be built is exit code 77.
set -euo pipefail
cd "$(dirname "$0")"
client=../../../../clients/ts/src
npm=../../../target/npm
page=../../../target/classes/dev/capstan/gateway/console/page
mkdir -p $npm && exec 8>$npm/lock && { ! command -v flock >/dev/null || flock 8; }

missing() {
  rm -rf $page
  echo "the console's page is not built: $1" >&2
  [ "${1:+$what}" != all ] || exit 77
  exit 0
}
what=${1:-page}
is_built() { [ -e $page/files.txt ] && [ -z "$(find . $client -path ./test -prune -o -newer $page/files.txt -print -quit)" ]; }
is_installed() { [ "$(cat $npm/installed-$what 2>/dev/null)" = "$(cat package.json package-lock.json)" ]; }

[ $what = page ] || cp test/*.mjs $npm/
if is_built && { [ $what = page ] || is_installed; }; then exit 0; fi
command -v node >/dev/null && command -v npm >/dev/null || missing "npm is not there (apt install nodejs npm)"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
  || missing "node $(node --version) is too old, 20.19 or later is needed"
if ! is_installed; then
  cp package.json package-lock.json .npmrc $npm/
  rm -f $npm/installed-*
  omit=; [ $what = all ] || omit=--omit=dev
  (cd $npm && timeout 120 npm ci $omit --no-audit --no-fund --loglevel=error >install.log 2>&1) \
    || missing "npm ci failed, see gateway/target/npm/install.log: $(grep -v '^npm warn' $npm/install.log | head -1)"
  cat package.json package-lock.json > $npm/installed-page
  [ $what = page ] || cp $npm/installed-page $npm/installed-all
fi
if ! is_built; then
  rm -rf $npm/src $npm/public $npm/capstan-web
  cp -r src public index.html vite.config.js tsconfig.json $npm/
  cp -r $client $npm/capstan-web
  (cd $npm && node node_modules/vite/bin/vite.js build)
  rm -rf $page && mkdir -p $page && cp -r $npm/dist/. $page/
  # Last, and by this name it counts as built.
  (cd $npm/dist && find . -type f | sed 's#^\./##' | LC_ALL=C sort) > $npm/files.txt && mv $npm/files.txt $page/
fi
