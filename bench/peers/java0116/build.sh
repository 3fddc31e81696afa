#!/bin/bash
# build.sh CHECKOUT: builds the benchmark on org.capnproto:runtime 0.1.16 into bench/target/peers/java0116, whose path is then the argument of
# serialization.py --java0116. CHECKOUT is a copy of github.com/capnproto/capnproto-java, whose generator (C++) nobody packages.
# Needs what bench/peers/build.sh needs, Maven, and a JDK 25 in JAVA_HOME.
set -euo pipefail
checkout=$(readlink -f "$1")
cd "$(dirname "$0")/../../.."
out=bench/target/peers/java0116
rm -rf $out && mkdir -p $out/schema $out/java $out/classes
lib=/usr/lib/$(uname -m)-linux-gnu
${CXX:-g++} -std=c++17 -O1 -o $out/capnpc-java "$checkout/compiler/src/main/cpp/capnpc-java.c++" $lib/libcapnp.a $lib/libkj.a -lpthread
# Its generator wants a class around all others.
sed 's/package("[a-z.]*")/package("peer"); $Java.outerClassname("Schema")/' bench/src/main/capnp/serialization.capnp >$out/schema/serialization.capnp
capnp compile -I"$checkout/compiler/src/main/schema" --src-prefix=$out/schema -o$out/capnpc-java:$out/java $out/schema/serialization.capnp
mvn -q -B dependency:copy -Dartifact=org.capnproto:runtime:0.1.16 -DoutputDirectory="$PWD/$out"
"$JAVA_HOME/bin/javac" -nowarn -cp $out/runtime-0.1.16.jar -d $out/classes $out/java/*.java bench/peers/java0116/Peer.java
