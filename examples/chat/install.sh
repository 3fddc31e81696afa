#!/bin/bash
# install.sh: puts the page, with npm's capnweb and clients/ts for it, into examples/chat/target/page.
# Exit code 77 says that it cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")"
out=target/npm
page=target/page
missing() { echo "the page cannot be installed: $1" >&2; exit 77; }

command -v npm >/dev/null || missing "npm is not there (apt install npm)"
mkdir -p $out $page && cp page/*.mjs $out/ && cp page/*.html page/*.css page/*.svg page/*.js $page/
if ! cmp -s $out/installed page/package-lock.json; then
  cp page/package.json page/package-lock.json page/.npmrc $out/
  echo "installing capnweb into examples/chat/$out"
  (cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
    || missing "npm ci failed, see examples/chat/$out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
  cp page/package-lock.json $out/installed
fi
cp $out/node_modules/capnweb/dist/index.js $page/capnweb.js
../../clients/ts/install.sh
mkdir -p $page/capstan-web && cp ../../clients/ts/target/dist/*.js $page/capstan-web/
