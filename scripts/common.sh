# Shell functions that ./capstan and ./verify share. Sourced, never run; needs bash.
# Messages go to standard error, so that standard output belongs to the program that is run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
state="$root/.capstan" # stamps, logs and the build lock; never committed
jdk_feature=25
maven_minimum=3.8.7

# The modules that run from their jars. bench is among them because its commands are promised to run once either script has built.
runnable_modules=gateway,bench,capnpc
runnable_jar="$root/gateway/target/capstan.jar"

say() { printf 'capstan: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# May packages be installed? Only as root, only where apt-get is, and not when the caller forbids it.
may_install() { is_root && command -v apt-get >/dev/null 2>&1 && [ -z "${CAPSTAN_NO_INSTALL:-}" ]; }

# install_packages NAME...: installs Debian packages; fails when apt-get does.
install_packages() {
    say "installing Debian packages: $*"
    mkdir -p "$state"
    {
        # A fresh container has no package lists yet; an update that fails still leaves older lists to install from.
        DEBIAN_FRONTEND=noninteractive apt-get update || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    } </dev/null >"$state/apt.log" 2>&1
}

# The command a reader without root must type for the packages in "$@".
install_command() { printf 'sudo apt-get update && sudo apt-get install -y %s' "$*"; }

is_jdk() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && grep -qE "^JAVA_VERSION=\"$jdk_feature([.\"+-])" "$1/release" 2>/dev/null
}

# Prints the folder of a JDK of the wanted feature release: JAVA_HOME first, then the usual folders, then the java on PATH.
locate_jdk() {
    local candidate on_path
    on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME:-}" ${CAPSTAN_JVM_FOLDERS-/usr/lib/jvm/* /opt/* /opt/*/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*} "$on_path"; do
        if [ -n "$candidate" ] && is_jdk "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# Sets and exports JAVA_HOME, or ends with what is missing.
require_jdk() {
    local found package=openjdk-$jdk_feature-jdk-headless
    if ! found=$(locate_jdk); then
        if may_install; then
            install_packages "$package" || true
            found=$(locate_jdk) || fail "no JDK $jdk_feature found and apt-get cannot install $package (see $state/apt.log)." \
                "Unpack a JDK $jdk_feature, for example from https://adoptium.net, into /usr/lib/jvm or set JAVA_HOME to it."
        else
            fail "no JDK $jdk_feature found in JAVA_HOME, /usr/lib/jvm, /opt, ~/.sdkman or ~/.jdks. Run: $(install_command "$package")" \
                "or unpack one, for example from https://adoptium.net, and set JAVA_HOME to it."
        fi
    fi
    export JAVA_HOME=$found
}

# True when version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

maven_version() {
    # Run outside the project: its .mvn/jvm.config is for JDK 25 and mvn needs none of it to tell its version.
    (cd / && MAVEN_OPTS='' mvn -v 2>/dev/null </dev/null) | sed -n 's/^.*Apache Maven \([0-9][0-9.]*\).*$/\1/p' | head -n 1
}

# Makes sure that a Maven that is new enough is on PATH, or ends with what is missing. Needs JAVA_HOME.
require_maven() {
    local version
    version=$(maven_version)
    if [ -z "$version" ] && may_install; then
        install_packages maven || fail "apt-get could not install maven; see $state/apt.log"
        hash -r
        version=$(maven_version)
    fi
    [ -n "$version" ] || fail "Maven is missing. Run: $(install_command maven)"
    at_least "$version" "$maven_minimum" || fail "Maven $version is too old, $maven_minimum or later is needed." \
        "Unpack one from https://maven.apache.org/download.cgi and put its bin folder first on PATH."
}

# Prints what foreign peers need and this machine lacks, one Debian package a line. Looks for the things themselves, so that
# a compiler or node from elsewhere counts.
missing_peer_packages() {
    command -v capnp >/dev/null 2>&1 || echo capnproto
    [ -e "${CAPSTAN_INCLUDE_FOLDER:-/usr/include}/capnp/rpc-twoparty.h" ] || echo libcapnp-dev
    command -v g++ >/dev/null 2>&1 || echo g++
    command -v node >/dev/null 2>&1 || echo nodejs
    command -v npm >/dev/null 2>&1 || echo npm
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || echo chromium
    command -v protoc >/dev/null 2>&1 || echo protobuf-compiler
    command -v grpc_cpp_plugin >/dev/null 2>&1 || echo protobuf-compiler-grpc
    [ -e "${CAPSTAN_INCLUDE_FOLDER:-/usr/include}/grpcpp/grpcpp.h" ] || echo libgrpc++-dev
    [ -e "${CAPSTAN_INCLUDE_FOLDER:-/usr/include}/google/protobuf/message.h" ] || echo libprotobuf-dev
    # Debian's own python, for it alone sees Debian's packages.
    "${CAPSTAN_PYTHON:-/usr/bin/python3}" -I -c 'import grpc' 2>/dev/null || echo python3-grpcio
    "${CAPSTAN_PYTHON:-/usr/bin/python3}" -I -c 'import google.protobuf' 2>/dev/null || echo python3-protobuf
    # No peer, but the terminal that somebody types into.
    command -v tmux >/dev/null 2>&1 || echo tmux
}

# Installs what the foreign peers need when that is allowed; else says what to type. Never ends the script: tests without their
# peer are skipped and counted.
provide_peers() {
    local missing
    mapfile -t missing < <(missing_peer_packages)
    [ "${#missing[@]}" -gt 0 ] || return 0
    if may_install; then
        install_packages "${missing[@]}" || say "apt-get could not install all of them; see $state/apt.log"
        hash -r
        mapfile -t missing < <(missing_peer_packages)
        [ "${#missing[@]}" -gt 0 ] || return 0
    fi
    say "missing for the foreign peers: ${missing[*]}. Their tests will be skipped."
    say "to have them: $(install_command "${missing[@]}")"
}

# The page of the console is built by npm: installs it when that is allowed; else says what to type. Never ends the script, since the program
# works without its console.
provide_npm() {
    local missing
    mapfile -t missing < <(missing_peer_packages | grep -xE 'nodejs|npm')
    [ "${#missing[@]}" -gt 0 ] || return 0
    if may_install && install_packages "${missing[@]}"; then
        hash -r
        return 0
    fi
    say "missing for the web console: ${missing[*]}. The program is built without it."
    say "to have it: $(install_command "${missing[@]}")"
}

# One build at a time: two Mavens in one tree overwrite each other's classes.
lock_build() {
    mkdir -p "$state"
    exec 9>"$state/lock"
    if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
        say "another build runs in this tree; waiting for it"
        flock 9
    fi
}

unlock_build() { exec 9>&-; }

# stamp_begin / stamp_end NAME: the stamp carries the time when the build began, so that an edit made meanwhile counts as newer.
stamp_begin() { mkdir -p "$state" && touch "$state/$1.new"; }
stamp_end() { mv -f "$state/$1.new" "$state/$1"; }

# True when the program is not built or a main source, a pom or a script is newer than the build. Folders count too, so that a
# deleted file is seen.
is_stale() {
    [ -e "$state/built" ] && [ -e "$runnable_jar" ] && [ -d "$root/gateway/target/lib" ] || return 0
    is_newer_than "$state/built"
}

# True when a main source, a pom or a script is newer than that stamp.
is_newer_than() {
    # Paths are relative to the root, because the root itself may lie below a folder called src.
    [ -n "$(cd "$root" && find . \
        \( -name target -o -name .git -o -name .capstan -o -name node_modules -o -path '*/src/test' -o -path '*/src/generated-test' \) -prune \
        -o \( -path '*/src/*' -o -name pom.xml -o -path './.mvn/*' -o -path ./scripts/common.sh \) -newer "$1" -print -quit)" ]
}

# maven LOG ARG...: runs Maven in the root with the whole output in LOG and its progress on standard error: each module, each
# 50th download, every test that ran or failed. Returns Maven's own exit code.
maven() {
    local log=$1
    shift
    mkdir -p "$state"
    (
        cd "$root" || exit 1
        set -o pipefail
        mvn -B -Dstyle.color=never "$@" </dev/null 2>&1 9>&- | tee "$log" | progress
    )
}

progress() {
    local line downloads=0
    while IFS= read -r line; do
        case $line in
            *'Downloaded from '*)
                downloads=$((downloads + 1))
                [ $((downloads % 50)) != 0 ] || printf '    %d files downloaded\n' "$downloads" >&2
                ;;
            *'[INFO] Building '*' ['*) printf '  %s\n' "${line#*Building }" >&2 ;;
            *'[INFO] Tests run:'*'-- in '* | *'[WARNING] Tests run:'*'-- in '*) printf '    %s\n' "${line#*] }" >&2 ;;
            # With -Werror the warning is the error.
            *'[WARNING] '*.java:\[*) printf '    %s\n' "${line#*] }" >&2 ;;
            *'[ERROR] '*$'\tat '*) ;; # stack traces stay in the log
            *'[ERROR] '?*) printf '    %s\n' "${line#*\[ERROR\] }" >&2 ;;
        esac
    done
}

# maven_unchecked LOG ARG...: as maven, but compiles without Error Prone. The stamp tells a full ./verify that it has to compile again.
maven_unchecked() {
    mkdir -p "$state"
    touch "$state/unchecked"
    maven "$@" -Dcapstan.errorprone=-Xdiags:compact
}

# package_only LOG MODULES: packages modules and what they need, to be run and not to be checked: no test classes, no formatter, no Error Prone.
package_only() {
    maven_unchecked "$1" package -pl "$2" -am -T 1C -Dmaven.test.skip=true -Dspotless.check.skip=true -Djacoco.skip=true ||
        fail "the build failed; the whole output is in $1"
}

# Removes classes that were compiled without checks, so that they are compiled again.
forget_unchecked() {
    [ -e "$state/unchecked" ] || return 0
    rm -rf "$root"/*/target/{,test-}classes "$root"/*/*/target/{,test-}classes
    rm -f "$state/unchecked" "$state"/built-* # which are examples, and run from their classes
}

# Builds what the runnable modules need when something is stale.
build_if_stale() {
    is_stale || return 0
    require_maven
    provide_npm
    lock_build
    if is_stale; then
        say "building (the whole output: $state/build.log)"
        stamp_begin built
        # Leftovers of an older set of dependencies would only confuse a reader; the manifest names what is used.
        rm -rf "$root"/gateway/target/lib "$root"/bench/target/lib
        package_only "$state/build.log" "$runnable_modules"
        stamp_end built
        say "built in $SECONDS s"
    fi
    unlock_build
}

# run_example NAME MAIN ARG...: builds examples/NAME and what it needs when something is newer, and runs it instead of this script.
run_example() {
    local name=$1 main=$2 folder="$root/examples/$1"
    shift 2
    require_jdk
    if [ ! -e "$state/built-$name" ] || [ ! -d "$folder/target/lib" ] || is_newer_than "$state/built-$name"; then
        require_maven
        lock_build
        say "building examples/$name (the whole output: $state/example.log)"
        stamp_begin "built-$name"
        rm -rf "$folder/target/lib"
        package_only "$state/example.log" "examples/$name"
        stamp_end "built-$name"
        unlock_build
    fi
    # shellcheck disable=SC2086 # options are separated by blanks on purpose
    exec "$JAVA_HOME/bin/java" ${CAPSTAN_JAVA_OPTS:-} --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -cp "$folder/target/classes:$folder/target/lib/*" "$main" "$@"
}
