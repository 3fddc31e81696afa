#!/bin/bash
# install.sh: puts the programs beside this script into interop/target/node, where they find the npm package capnweb that the tests of capnweb use.
# Exit code 77 says that it cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=interop/target/node
bash capnweb/peers/node/install.sh
mkdir -p $out && cp interop/peers/node/*.mjs $out/
ln -sfn ../../../capnweb/target/node/node_modules $out/node_modules
