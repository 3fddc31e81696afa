#!/bin/bash
# build.sh: builds the C++ exchange of exchange.capnp into gateway/target/cpp, unless it is current.
# Needs Debian's capnproto, libcapnp-dev and g++. Exit code 77 says that they are missing, and standard error which.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=gateway/target/cpp
peers=gateway/peers/cpp
schemas=gateway/src/test/capnp
sources=$(cat $peers/* $schemas/exchange.capnp | sha256sum)
[ "$(cat $out/built-from 2>/dev/null)" != "$sources" ] || exit 0
missing() { echo "The C++ exchange cannot be built: $1 (apt install capnproto libcapnp-dev g++)" >&2; exit 77; }
command -v capnp >/dev/null || missing "capnp is not there"
command -v ${CXX:-g++} >/dev/null || missing "${CXX:-g++} is not there"
[ -e /usr/include/capnp/rpc-twoparty.h ] || missing "/usr/include/capnp/rpc-twoparty.h is not there"
rm -rf $out && mkdir -p $out/generated
capnp compile --src-prefix=$schemas -o c++:$out/generated $schemas/exchange.capnp
${CXX:-g++} -std=c++17 -O1 -Wall -I$out/generated $peers/exchange.c++ $out/generated/exchange.capnp.c++ \
  -lcapnp-rpc -lcapnp -lkj-async -lkj -lpthread -o $out/exchange
echo "$sources" > $out/built-from
