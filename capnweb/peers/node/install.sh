#!/bin/bash
# install.sh: installs the npm package capnweb, and the programs beside this script, into capnweb/target/node.
# Exit code 77 says that it cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=capnweb/peers/node
out=capnweb/target/node
missing() { echo "capnweb for Node cannot be installed: $1" >&2; exit 77; }

mkdir -p $out && cp $peer/*.mjs $out/
cmp -s $out/installed $peer/package-lock.json && exit 0
command -v node >/dev/null || missing "node is not there (apt install nodejs npm)"
command -v npm >/dev/null || missing "npm is not there (apt install npm)"
cp $peer/package.json $peer/package-lock.json $peer/.npmrc $out/
echo "installing capnweb into $out"
(cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
  || missing "npm ci failed, see $out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
cp $peer/package-lock.json $out/installed
