#!/bin/bash
# install.sh: puts the programs beside this script, and descriptors of the service, into grpc/target/peers/python.
# Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler. Exit code 77 says that they are missing, and the last line
# of standard error which.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=grpc/peers/python
protos=testprotos/src/main/protobuf
out=grpc/target/peers/python
missing() { echo "gRPC for Python cannot be run: $1 is not there (apt install python3-grpcio python3-protobuf protobuf-compiler)" >&2; exit 77; }

# Debian's own python, for it alone sees Debian's packages.
/usr/bin/python3 -c 'import grpc' 2>/dev/null || missing grpcio
/usr/bin/python3 -c 'import google.protobuf' 2>/dev/null || missing protobuf
command -v protoc >/dev/null || missing protoc
mkdir -p $out && cp $peer/*.py $out/
# Generated modules would be called grpc.testing, which is a package of the library.
protoc -I$protos --include_imports --descriptor_set_out=$out/service.pb grpc/testing/test.proto
