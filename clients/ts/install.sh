#!/bin/bash
# install.sh: installs what clients/ts needs from npm, as its lockfile says, and builds it, all in clients/ts/target.
# Exit code 77 says that it cannot be had on this machine, and the last line of standard error why; any other but 0 that it does not compile.
set -euo pipefail
cd "$(dirname "$0")"
out=target
missing() { echo "clients/ts cannot be built: $1" >&2; exit 77; }

command -v node >/dev/null || missing "node is not there (apt install nodejs npm)"
command -v npm >/dev/null || missing "npm is not there (apt install npm)"
mkdir -p $out && exec 8>$out/lock && { ! command -v flock >/dev/null || flock 8; }
if [ "$(cat $out/installed 2>/dev/null)" != "$(cat package.json package-lock.json)" ]; then
  cp package.json package-lock.json $out/
  echo "installing into clients/ts/$out"
  (cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
    || missing "npm ci failed, see clients/ts/$out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
  cat package.json package-lock.json > $out/installed
fi
rm -rf $out/src $out/test && cp -r src test tsconfig.json README.md $out/
(cd $out && node node_modules/typescript/bin/tsc -p tsconfig.json)
