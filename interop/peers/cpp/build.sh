#!/bin/bash
# build.sh: builds the C++ peers into interop/target/cpp (server, client, and the server of the benchmarks), unless they are current.
# Needs Debian's capnproto, libcapnp-dev and g++. Exit code 77 says that they are missing, and standard error which.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=interop/target/cpp
peers=interop/peers/cpp
probe=interop/src/test/capnp
streams=interop/src/test/gateway
calculator=examples/calculator/src/main/capnp
common=capnp/src/main/capnp
bench=bench/src/main/capnp
bench_server=bench/peers/cpp/server.c++
sources=$(cat $peers/build.sh $peers/*.h $peers/*.c++ $probe/probe.capnp $streams/streams.capnp $calculator/calculator.capnp $common/capnp/java.capnp $bench/bench.capnp $bench_server | sha256sum)
[ "$(cat $out/built-from 2>/dev/null)" != "$sources" ] || exit 0
missing() { echo "The C++ peers cannot be built: $1 (apt install capnproto libcapnp-dev g++)" >&2; exit 77; }
command -v capnp >/dev/null || missing "capnp is not there"
command -v ${CXX:-g++} >/dev/null || missing "${CXX:-g++} is not there"
[ -e /usr/include/capnp/rpc-twoparty.h ] || missing "/usr/include/capnp/rpc-twoparty.h is not there"
rm -rf $out && mkdir -p $out/generated

capnp compile -I$common -I$calculator -I$probe --src-prefix=$probe --src-prefix=$streams --src-prefix=$calculator \
  -o c++:$out/generated $probe/probe.capnp $streams/streams.capnp $calculator/calculator.capnp

# compile SOURCE...: into $out/NAME.o, one process for each core.
compile() {
  printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c \
    'echo "compiling {}"; ${CXX:-g++} -std=c++17 -O1 -Wall -I'$out/generated' -c "{}" -o '$out'/"$(basename "{}" .c++).o"'
}
compile $peers/*.c++ $out/generated/*.c++
mkdir $out/bench
capnp compile -I$common --src-prefix=$bench -o c++:$out/bench $bench/bench.capnp
${CXX:-g++} -std=c++17 -O1 -I$out/bench $bench_server $out/bench/bench.capnp.c++ -lcapnp-rpc -lcapnp -lkj-async -lkj -o $out/bench-server

link() { ${CXX:-g++} "${@:2}" $out/probe.capnp.o $out/calculator.capnp.o -lcapnp-rpc -lcapnp -lkj-async -lkj -lpthread -o $out/"$1"; }
link server $out/server.o $out/calculator.o $out/probe.o $out/streams.o $out/streams.capnp.o
link client $out/client.o $out/scenario.o $out/calculator-cases.o $out/probe-cases.o
echo "$sources" > $out/built-from
