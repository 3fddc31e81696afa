#!/bin/bash
# build.sh: builds bench-server, bench-client, serialization, floor and relay into bench/target/peers, unless they are current.
# Needs Debian's capnproto, libcapnp-dev and g++. Exit code 77 says that they are missing, and standard error which.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=bench/target/peers
schemas=bench/src/main/capnp
common=capnp/src/main/capnp
sources=$(cat bench/peers/build.sh bench/peers/floor.c bench/peers/relay.c bench/peers/cpp/* $schemas/*.capnp $common/capnp/java.capnp | sha256sum)
[ "$(cat $out/built-from 2>/dev/null)" != "$sources" ] || exit 0
missing() { echo "The C++ bench peers cannot be built: $1 (apt install capnproto libcapnp-dev g++)" >&2; exit 77; }
command -v capnp >/dev/null || missing "capnp is not there"
command -v ${CXX:-g++} >/dev/null || missing "${CXX:-g++} is not there"
[ -e /usr/include/capnp/rpc-twoparty.h ] || missing "/usr/include/capnp/rpc-twoparty.h is not there"
rm -rf $out && mkdir -p $out/generated

capnp compile -I$common --src-prefix=$schemas -o c++:$out/generated $schemas/bench.capnp
# Static, so that what is measured does not depend on symbol resolution across shared libraries.
lib=/usr/lib/$(uname -m)-linux-gnu
for program in server client; do
  echo "building $out/bench-$program"
  ${CXX:-g++} -std=c++17 -O2 -DNDEBUG -I$out/generated bench/peers/cpp/$program.c++ $out/generated/bench.capnp.c++ -o $out/bench-$program \
    $lib/libcapnp-rpc.a $lib/libcapnp.a $lib/libkj-async.a $lib/libkj.a -lpthread
done
capnp compile -I$common --src-prefix=$schemas -o c++:$out/generated $schemas/serialization.capnp
echo "building $out/serialization"
${CXX:-g++} -std=c++17 -O2 -DNDEBUG -I$out/generated bench/peers/cpp/serialization.c++ $out/generated/serialization.capnp.c++ -o $out/serialization \
  $lib/libcapnp.a $lib/libkj.a -lpthread
for program in floor relay; do
  ${CC:-gcc} -O2 -o $out/$program bench/peers/$program.c
done
echo "$sources" > $out/built-from
