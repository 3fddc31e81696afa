#!/bin/bash
# install.sh: installs npm's TypeScript compiler and the types of capnweb, and the sources beside this script, into capnweb/target/types.
# Exit code 77 says that they cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=capnweb/peers/types
out=capnweb/target/types
missing() { echo "the TypeScript compiler cannot be installed: $1" >&2; exit 77; }

mkdir -p $out && cp $peer/*.ts $peer/tsconfig.json $out/
cmp -s $out/installed $peer/package-lock.json && exit 0
command -v node >/dev/null || missing "node is not there (apt install nodejs npm)"
command -v npm >/dev/null || missing "npm is not there (apt install npm)"
cp $peer/package.json $peer/package-lock.json $peer/.npmrc $out/
echo "installing typescript into $out"
(cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
  || missing "npm ci failed, see $out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
cp $peer/package-lock.json $out/installed
