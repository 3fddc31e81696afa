#!/bin/bash
# install.sh: installs workerd from npm into interop/target/workerd, unless the pinned version is there.
# Exit code 77 says that it cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=interop/peers/workerd
out=interop/target/workerd
missing() { echo "workerd cannot be installed: $1" >&2; exit 77; }

cmp -s $out/installed $peer/package-lock.json && exit 0
[ "$(uname -sm)" = "Linux x86_64" ] || missing "it is built for Linux x86_64 only, and this is $(uname -sm)"
command -v npm >/dev/null || missing "npm is not there (apt install npm)"
rm -rf $out && mkdir -p $out && cp $peer/package.json $peer/package-lock.json $peer/.npmrc $out/
echo "installing workerd into $out"
(cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
  || missing "npm ci failed, see $out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
workerd=$out/node_modules/@cloudflare/workerd-linux-64/bin/workerd
$workerd --version >/dev/null || missing "$workerd does not run here"
ln -s node_modules/@cloudflare/workerd-linux-64/bin/workerd $out/workerd
cp $peer/package-lock.json $out/installed
