#!/bin/bash
# build.sh: builds the C++ peer into grpc/target/peers/cpp, unless it is current.
# Needs Debian's g++, libgrpc++-dev, libprotobuf-dev, protobuf-compiler and protobuf-compiler-grpc. Exit code 77 says that they are
# missing, and the last line of standard error which.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=grpc/peers/cpp
protos=testprotos/src/main/protobuf
out=grpc/target/peers/cpp
sources=$(cat $peer/* $protos/grpc/testing/*.proto | sha256sum)
[ "$(cat $out/built-from 2>/dev/null)" != "$sources" ] || exit 0
packages="g++ libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc"
missing() { echo "gRPC's C++ peer cannot be built: $1 is not there (apt install $packages)" >&2; exit 77; }
command -v g++ >/dev/null || missing g++
command -v protoc >/dev/null || missing protoc
plugin=$(command -v grpc_cpp_plugin) || missing grpc_cpp_plugin
for header in grpcpp/grpcpp.h google/protobuf/message.h; do [ -e /usr/include/$header ] || missing /usr/include/$header; done

rm -rf $out && mkdir -p $out
protoc -I$protos --cpp_out=$out --grpc_out=$out --plugin=protoc-gen-grpc="$plugin" grpc/testing/messages.proto grpc/testing/test.proto
# One process for each core; not optimised, because it is compiled once and run for seconds.
printf '%s\n' $peer/peer.cc $peer/client.cc $out/grpc/testing/{test.grpc,test,messages}.pb.cc | xargs -P "$(nproc)" -I{} sh -c \
  'echo "compiling {}"; g++ -std=c++17 -O0 -I'$out' -I'$peer' -c "{}" -o '$out'/"$(basename "{}" .cc).o"'
g++ -Wl,--copy-dt-needed-entries $out/*.o -lgrpc++ -lgrpc -lgpr -lprotobuf -lpthread -o $out/peer
echo "$sources" > $out/built-from
