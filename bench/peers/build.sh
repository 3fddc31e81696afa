#!/bin/bash
# build.sh: builds bench-server, bench-client and floor into bench/target/peers, unless they are current.
# Needs Debian's capnproto, libcapnp-dev and g++.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=bench/target/peers
schemas=bench/src/main/capnp
common=capnp/src/main/capnp
sources=$(cat bench/peers/build.sh bench/peers/floor.c bench/peers/cpp/* $schemas/*.capnp $common/capnp/java.capnp | sha256sum)
[ "$(cat $out/built-from 2>/dev/null)" != "$sources" ] || exit 0
rm -rf $out && mkdir -p $out/generated

capnp compile -I$common --src-prefix=$schemas -o c++:$out/generated $schemas/bench.capnp
# Static, so that what is measured does not depend on symbol resolution across shared libraries.
lib=/usr/lib/$(uname -m)-linux-gnu
for program in server client; do
  echo "building $out/bench-$program"
  ${CXX:-g++} -std=c++17 -O2 -DNDEBUG -I$out/generated bench/peers/cpp/$program.c++ $out/generated/bench.capnp.c++ -o $out/bench-$program \
    $lib/libcapnp-rpc.a $lib/libcapnp.a $lib/libkj-async.a $lib/libkj.a -lpthread
done
${CC:-gcc} -O2 -o $out/floor bench/peers/floor.c
echo "$sources" > $out/built-from
