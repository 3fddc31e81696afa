#!/bin/bash
# install.sh: installs the npm package playwright-core, which drives Chromium, and the programs beside this script, into
# net/target/chromium. Chromium itself comes from the system.
# Exit code 77 says that they cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=net/peers/chromium
out=net/target/chromium
missing() { echo "Chromium cannot be driven: $1" >&2; exit 77; }

mkdir -p $out && cp $peer/*.mjs $out/
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing "it is not there (apt install chromium)"
command -v node >/dev/null || missing "node is not there (apt install nodejs npm)"
cmp -s $out/installed $peer/package-lock.json && exit 0
command -v npm >/dev/null || missing "npm is not there (apt install npm)"
cp $peer/package.json $peer/package-lock.json $peer/.npmrc $out/
echo "installing playwright-core into $out"
(cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
  || missing "npm ci failed, see $out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
cp $peer/package-lock.json $out/installed
