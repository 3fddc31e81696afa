#!/bin/bash
# install.sh: installs the npm packages of gRPC and Connect, the programs beside this script, the protos and their descriptors, into
# grpc/target/peers/node.
# Exit code 77 says that they cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=grpc/peers/node
protos=testprotos/src/main/protobuf
out=grpc/target/peers/node
missing() { echo "gRPC for Node cannot be installed: $1" >&2; exit 77; }

command -v protoc >/dev/null || missing "protoc is not there (apt install protobuf-compiler)"
mkdir -p $out/grpc && cp $peer/*.mjs $out/ && cp -r $protos/grpc/testing $out/grpc/
protoc -I$protos --include_imports --descriptor_set_out=$out/service.pb grpc/testing/test.proto
cmp -s $out/installed $peer/package-lock.json && exit 0
command -v node >/dev/null || missing "node is not there (apt install nodejs npm)"
command -v npm >/dev/null || missing "npm is not there (apt install npm)"
cp $peer/package.json $peer/package-lock.json $peer/.npmrc $out/
echo "installing the packages into $out"
(cd $out && npm ci --no-audit --no-fund --loglevel=error >install.log 2>&1) \
  || missing "npm ci failed, see $out/install.log: $(grep -v '^npm warn' $out/install.log | head -1)"
cp $peer/package-lock.json $out/installed
