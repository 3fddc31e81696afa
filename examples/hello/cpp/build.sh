#!/bin/bash
# build.sh: builds the C++ client and server into examples/hello/target/cpp. Needs Debian's capnproto, libcapnp-dev and g++.
set -euo pipefail
cd "$(dirname "$0")/../../.."
missing() { echo "The C++ programs cannot be built: $1 (apt install capnproto libcapnp-dev g++)" >&2; exit 77; }
command -v capnp >/dev/null || missing "capnp is not there"
command -v g++ >/dev/null || missing "g++ is not there"
[ -e /usr/include/capnp/rpc-twoparty.h ] || missing "/usr/include/capnp/rpc-twoparty.h is not there"
out=examples/hello/target/cpp && mkdir -p $out
capnp compile -Icapnp/src/main/capnp --src-prefix=examples/hello/src/main/capnp -oc++:$out examples/hello/src/main/capnp/hello.capnp
for program in client server; do
    g++ -std=c++17 -O1 -I$out examples/hello/cpp/$program.c++ $out/hello.capnp.c++ -lcapnp-rpc -lcapnp -lkj-async -lkj -o $out/$program
done
