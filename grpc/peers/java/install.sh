#!/bin/bash
# install.sh: installs grpc-java's own interoperability client and server, with all that they need, into grpc/target/peers/java.
# Exit code 77 says that they cannot be had on this machine, and the last line of standard error why.
set -euo pipefail
cd "$(dirname "$0")/../../.."
peer=grpc/peers/java
out=grpc/target/peers/java
missing() { echo "grpc-java's interoperability programs cannot be installed: $1" >&2; exit 77; }

cmp -s $out/installed $peer/pom.xml && exit 0
command -v mvn >/dev/null || missing "Maven is not there (apt install maven)"
rm -rf $out && mkdir -p $out
echo "installing grpc-java's interoperability programs into $out"
mvn -B -q -f $peer/pom.xml dependency:copy-dependencies </dev/null >$out/install.log 2>&1 \
  || missing "Maven failed, see $out/install.log: $(grep -m 1 '^\[ERROR\]' $out/install.log)"
cp $peer/pom.xml $out/installed
