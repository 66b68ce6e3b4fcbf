#!/usr/bin/env bash
# Says what this machine lacks to build Holdfast, run the lab and take the figures, and how to get it.
# Exit status 0 if nothing is missing that the build and the lab need.
set -uo pipefail

case ${1:-} in
'') ;;
-h | --help)
    echo "Usage: check.sh                            (changes nothing)"
    sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}"
    cat <<EOF

       check.sh --network DEVICE           which link.presence the network between this host and another one lets work
       check.sh --network DEVICE answer    on the other host meanwhile, until interrupted
DEVICE is what the service's frames leave by: the bridge that the TAP is in, or its uplink. As root. Sends a few frames
of ethertype 0x88B5 from addresses that begin with 02:48:46. Exit status 0 if learned, the default, works.
EOF
    exit 0
    ;;
--network)
    [ $# -ge 2 ] || { echo "check.sh --network DEVICE [answer]; --help" >&2; exit 64; }
    exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/network.py" "${@:2}"
    ;;
*)
    echo "check.sh takes no such arguments; --help" >&2
    exit 64
    ;;
esac

PACKAGES=()
MISSING=0

good() {
    printf 'ok       %s\n' "$*"
}

# missing WHAT ADVICE
missing() {
    printf 'MISSING  %s: %s\n' "$1" "$2"
    MISSING=$((MISSING + 1))
}

wanted() {
    printf 'absent   %s: %s\n' "$1" "$2"
}

# tool COMMAND PACKAGE PURPOSE: the build or the lab fails without it.
tool() {
    if command -v "$1" >/dev/null; then
        good "$1"
    else
        missing "$1" "needed for $3 (package $2)"
        PACKAGES+=("$2")
    fi
}

# extra COMMAND PACKAGE PURPOSE: only that purpose fails without it.
extra() {
    if command -v "$1" >/dev/null; then
        good "$1"
    else
        wanted "$1" "wanted for $3 (package $2)"
        PACKAGES+=("$2")
    fi
}

jdk() {
    local java=${JAVA_HOME:+$JAVA_HOME/bin/}java version
    if ! version=$("$java" -version 2>&1); then
        missing "a JDK" "17 or newer (package openjdk-17-jdk-headless)"
        PACKAGES+=(openjdk-17-jdk-headless)
        return
    fi
    version=$(sed -nE '1,3s/.* version "([0-9]+).*/\1/p' <<<"$version" | head -1)
    if [ "${version:-0}" -lt 17 ]; then
        missing "JDK 17" "$java is version ${version:-unknown}: set JAVA_HOME (package openjdk-17-jdk-headless)"
        PACKAGES+=(openjdk-17-jdk-headless)
    elif ! command -v "${java%java}javac" >/dev/null; then
        missing "javac" "there is a Java runtime but no compiler (package openjdk-17-jdk-headless)"
        PACKAGES+=(openjdk-17-jdk-headless)
    else
        good "JDK $version"
    fi
}

device() {
    if [ ! -c /dev/net/tun ]; then
        missing /dev/net/tun "modprobe tun; in a container, start it with --device /dev/net/tun"
    elif ! { : <>/dev/net/tun; } 2>/dev/null; then
        missing "access to /dev/net/tun" "run as root, or chmod 666 /dev/net/tun (the usual mode: the device checks rights itself)"
    else
        good "/dev/net/tun"
    fi
}

# Tries what the lab does, in namespaces that end at once.
rights() {
    local flags=(--net --mount) who="as root"
    if [ "$(id -u)" -ne 0 ]; then
        flags+=(--user --map-root-user)
        who="in a user namespace"
    fi
    command -v unshare >/dev/null && command -v ip >/dev/null || return
    if ! unshare "${flags[@]}" true 2>/dev/null; then
        missing "network namespaces" "not permitted $who; run as root with CAP_SYS_ADMIN (container: --privileged), or allow
         user namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000)"
        return
    fi
    good "network namespaces ($who)"
    probe "bridges" bridge "ip link add hfc0 type bridge" "${flags[@]}"
    probe "veth pairs" veth "ip link add hfc0 type veth peer name hfc1" "${flags[@]}"
    probe "TAP devices" tun "ip tuntap add dev hfc0 mode tap vnet_hdr" "${flags[@]}"
}

# probe WHAT MODULE COMMAND FLAGS...
probe() {
    local what=$1 module=$2 command=$3
    shift 3
    if unshare "$@" sh -c "$command" 2>/dev/null; then
        good "$what"
    else
        missing "$what" "the kernel does not grant them; as root: modprobe $module"
    fi
}

echo "-- build"
jdk
tool mvn maven "the build"
tool git git "a clone"
echo "-- lab"
tool ip iproute2 "the lab"
tool bridge iproute2 "cutting links"
tool unshare util-linux "namespaces of tests"
tool nsenter util-linux "the lab without root"
tool setpriv util-linux "tests without rights"
tool flock util-linux "the lab"
device
rights
echo "-- clients and figures"
extra ping iputils-ping "ping against the stack"
extra curl curl "transfers"
extra openssl openssl "TLS clients"
extra tcpdump tcpdump "the demo, reading captures"
extra tshark tshark "reading captures"
extra ffmpeg ffmpeg "the demo's live media, the lab tests"
extra lftp lftp "the demo's FTP, if asked for"
extra sftp openssh-client "the demo's SFTP, the lab tests"
extra wrk wrk "requests per second"
extra nc netcat-openbsd "the lab tests, as a client"
extra iperf3 iperf3 "bulk figures, the lab tests"
extra wget wget "the lab tests"
extra nginx nginx "the lab tests, as a server in the lab (its service is not used)"
extra python3 python3 "the demo, the conformance agent's tests"

if [ ${#PACKAGES[@]} -gt 0 ]; then
    echo
    echo "To get what is missing: apt-get install $(printf '%s\n' "${PACKAGES[@]}" | sort -u | tr '\n' ' ')"
fi
if [ "$MISSING" -gt 0 ]; then
    echo "$MISSING missing: the build or the lab will not work."
    exit 1
fi
echo "Ready."
