#!/bin/bash
# install.sh: puts the programs beside this script into interop/target/chromium, where they find the npm packages that the tests of capnweb drive Chromium with.
# Exit code 77 says that it cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=interop/target/chromium
bash capnweb/peers/chromium/install.sh
mkdir -p $out && cp interop/peers/chromium/*.mjs $out/
cp capnweb/peers/chromium/webtransport.mjs $out/
ln -sfn ../../../capnweb/target/chromium/node_modules $out/node_modules
