#!/bin/bash
# install.sh: puts the programs beside this script, and descriptors of the services that they speak, into interop/target/python.
# Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler. Exit code 77 says that they are missing, and the last line of standard error which.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=interop/target/python
missing() { echo "gRPC for Python cannot be run: $1 is not there (apt install python3-grpcio python3-protobuf protobuf-compiler)" >&2; exit 77; }

# Debian's own python, for it alone sees Debian's packages.
/usr/bin/python3 -c 'import grpc' 2>/dev/null || missing grpcio
/usr/bin/python3 -c 'import google.protobuf' 2>/dev/null || missing protobuf
command -v protoc >/dev/null || missing protoc
mkdir -p $out && cp interop/peers/python/*.py $out/
protoc -Itestprotos/src/main/protobuf --include_imports --descriptor_set_out=$out/greeter.pb dev/capstan/testprotos/guide/greeter.proto
protoc -Iinterop/src/test/protobuf --include_imports --descriptor_set_out=$out/tally.pb tally.proto
