#!/usr/bin/env bash
# The lab: a client and two hosts, or three, on a LAN, and a third party, in network namespaces, with links that can be cut. See --help.
set -euo pipefail

PREFIX=${HOLDFAST_LAB_PREFIX:-hf}
CLIENT=$PREFIX-client A=$PREFIX-a B=$PREFIX-b C=$PREFIX-c THIRD=$PREFIX-third LAN=$PREFIX-lan
NAMESPACES=("$CLIENT" "$A" "$B" "$THIRD" "$LAN")
MARK=holdfast-lab
LINKS=(client a b repl between third third-a third-b)

usage() {
    cat <<EOF
Usage: lab.sh up [--mtu BYTES] [--multi-queue] [--hosts 3]   build the lab; does nothing to what is already there
       lab.sh down                               end what runs in the lab, and remove it
       lab.sh status                             show it; exit status 0 if complete, 1 if down, 2 if in between
       lab.sh exec HOST COMMAND...               run a command on client, a, b, c, third or lan
       lab.sh cut LINK                           lose every frame on a link, silently, both ways
       lab.sh mend LINK                          undo that

            $CLIENT                  $A                       $B
          eth0 10.77.0.1         br0 10.77.0.11           br0 10.77.0.12
               |                  |          |             |          |
               |                 up0        hf0 (TAP)     up0        hf0 (TAP)
      [client] |              [a] |                    [b] |
               +------------------+--- bridge hf-lan ------+           in namespace $LAN

  Replication: repl0 10.78.0.11 of $A and repl0 10.78.0.12 of $B, on a bridge of their own in $LAN  [repl]
  A third party: third0 10.79.0.13 of $THIRD, and third0 10.79.0.11 and .12 of the hosts, on one more bridge there
       [third], and each host's way to it [third-a] [third-b]
  With --hosts 3 there is $C, too: br0 10.77.0.14, repl0 10.78.0.14, third0 10.79.0.14, hf0 [c] [repl-c]
  [between]: what the hosts send each other on the LAN is lost, and each still hears the client.
  Links: ${LINKS[*]}. A cut link keeps its carrier, as behind a switch that has failed.
  10.77.0.100 is the service address: Holdfast's, on hf0; no kernel here has it.

Environment: HOLDFAST_LAB_PREFIX (default hf) names the namespaces, so that several labs can stand side by side.
Without root, the lab lives in a user namespace, where the kernel allows that. Nothing outside its namespaces is touched.
EOF
}

fail() {
    echo "lab.sh: $*" >&2
    exit 1
}

# --- Where the lab lives: in this mount namespace (root), or in one that a holder process keeps (without root) ---------

STATE=${HOLDFAST_LAB_STATE:-${XDG_RUNTIME_DIR:-/tmp}/holdfast-lab-$(id -u)}
HOLDER_FILE=$STATE/$PREFIX.holder

needs_holder() {
    [ "$(id -u)" -ne 0 ] || ! grep -qE '^ +0 +0 +4294967295$' /proc/self/uid_map
}

# A process is known by its number and its start time, since numbers are used again.
start_time() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

holder_pid() {
    local pid start
    [ -r "$HOLDER_FILE" ] && read -r pid start <"$HOLDER_FILE" && [ -n "$start" ] \
        && [ "$(start_time "$pid")" = "$start" ] && echo "$pid"
}

start_holder() {
    local flags=(--mount --net) pid i
    [ "$(id -u)" -eq 0 ] || flags+=(--user --map-root-user)
    mkdir -p -m 700 "$STATE"
    # Descriptor 9 is the lock, which must not outlive this command.
    setsid unshare "${flags[@]}" sh -c 'mount -t tmpfs none /run && exec sleep infinity' \
        </dev/null >/dev/null 2>"$STATE/$PREFIX.error" 9>&- &
    pid=$!
    for ((i = 0; i < 100; i++)); do
        if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = sleep ]; then
            echo "$pid $(start_time "$pid")" >"$HOLDER_FILE"
            return
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    kill "$pid" 2>/dev/null || true
    fail "the kernel does not allow a user namespace here: $(cat "$STATE/$PREFIX.error")" \
        "(run as root, or see sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces)"
}

end_holder() {
    local pid
    if pid=$(holder_pid); then
        kill "$pid" 2>/dev/null || true
    fi
    rm -f "$HOLDER_FILE" "$STATE/$PREFIX.error"
}

# Runs this script again where the lab lives.
enter_holder() {
    local pid=$1 flags=(--mount --net)
    shift
    [ "$(id -u)" -eq 0 ] || flags+=(--user --preserve-credentials)
    HOLDFAST_LAB_INSIDE=1 nsenter --target "$pid" "${flags[@]}" --wd="$PWD" "$BASH" "$SELF" "$@"
}

# --- Namespaces -------------------------------------------------------------------------------------------------------

exists() {
    [ -e "/run/netns/$1" ]
}

# Ours by its mark, or because a run of ours ended between making it and marking it.
is_ours() {
    local links
    [[ $(ip -n "$1" link show dev lo 2>/dev/null) != *"alias $MARK"* ]] || return 0
    links=$(ip -n "$1" -o link show 2>/dev/null | grep -vcE '^[0-9]+: (lo|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0)[:@]') \
        || true
    [ "$links" = 0 ] && [ -z "$(ip netns pids "$1" 2>/dev/null)" ]
}

has_link() {
    ip -n "$1" link show dev "$2" >/dev/null 2>&1
}

ensure_namespace() {
    if exists "$1"; then
        is_ours "$1" || fail "a namespace $1 exists that is not the lab's: set HOLDFAST_LAB_PREFIX"
    else
        ip netns add "$1"
    fi
    ip -n "$1" link set dev lo alias "$MARK" up
    ip netns exec "$1" sh -c '
        for key in net/ipv6/conf/all/disable_ipv6 net/ipv6/conf/default/disable_ipv6; do
            [ ! -w /proc/sys/$key ] || echo 1 >/proc/sys/$key
        done
        for key in /proc/sys/net/bridge/bridge-nf-call-*tables; do
            [ ! -w "$key" ] || echo 0 >"$key" 2>/dev/null || true
        done'
}

ensure_bridge() {
    has_link "$1" "$2" || ip -n "$1" link add "$2" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip -n "$1" link set dev "$2" mtu "$MTU" up
}

# ensure_cable NAMESPACE DEVICE PORT BRIDGE: from a device of a host to a port of a bridge of the LAN.
ensure_cable() {
    has_link "$1" "$2" || ip -n "$1" link add "$2" type veth peer name "$3" netns "$LAN"
    ip -n "$1" link set dev "$2" mtu "$MTU" up
    ip -n "$LAN" link set dev "$3" mtu "$MTU" master "$4" up
}

ensure_address() {
    ip -n "$1" address replace "$3" dev "$2"
}

ensure_host() {
    ensure_bridge "$1" br0
    ensure_cable "$1" up0 "$2" hf-lan
    ip -n "$1" link set dev up0 master br0
    has_link "$1" hf0 || ip -n "$1" tuntap add dev hf0 mode tap vnet_hdr $MULTI_QUEUE
    # The default of 1000 frames overflows when thousands of clients send their SYNs at once.
    ip -n "$1" link set dev hf0 mtu "$MTU" txqueuelen 10000 master br0 up
    ensure_address "$1" br0 "10.77.0.$3/24"
    ensure_cable "$1" repl0 "repl-$2" hf-repl
    ensure_address "$1" repl0 "10.78.0.$3/24"
    ensure_cable "$1" third0 "third-$2" hf-third
    ensure_address "$1" third0 "10.79.0.$3/24"
}

build() {
    local namespace
    for namespace in "${NAMESPACES[@]}"; do
        ensure_namespace "$namespace"
    done
    ensure_bridge "$LAN" hf-lan
    ensure_bridge "$LAN" hf-repl
    ensure_bridge "$LAN" hf-third
    ensure_cable "$CLIENT" eth0 client hf-lan
    ensure_address "$CLIENT" eth0 10.77.0.1/24
    ensure_host "$A" a 11
    ensure_host "$B" b 12
    if [ "$HOSTS" = 3 ]; then
        ensure_namespace "$C"
        ensure_host "$C" c 14
    fi
    ensure_cable "$THIRD" third0 third hf-third
    ensure_address "$THIRD" third0 10.79.0.13/24
}

# Processes of a namespace, without this one and those that wait for it.
pids_of() {
    local pid self=$$ spared=" "
    while [ "$self" -gt 1 ]; do
        spared+="$self "
        self=$(sed 's/.*) //' "/proc/$self/stat" | cut -d' ' -f2)
    done
    for pid in $(ip netns pids "$1" 2>/dev/null); do
        [[ $spared == *" $pid "* ]] || echo "$pid"
    done
}

end_processes() {
    local signal i pids
    for signal in TERM KILL; do
        pids=$(pids_of "$1")
        [ -n "$pids" ] || return 0
        # shellcheck disable=SC2086
        kill -s "$signal" $pids 2>/dev/null || true
        for ((i = 0; i < 20; i++)); do
            [ -n "$(pids_of "$1")" ] || return 0
            sleep 0.1
        done
    done
}

remove() {
    local namespace
    for namespace in "${NAMESPACES[@]}" "$C"; do
        if exists "$namespace" && is_ours "$namespace"; then
            end_processes "$namespace"
            ip netns delete "$namespace"
        fi
    done
}

# --- Commands ---------------------------------------------------------------------------------------------------------

state_of() {
    local namespace present=0
    for namespace in "${NAMESPACES[@]}"; do
        if exists "$namespace" && is_ours "$namespace"; then
            present=$((present + 1))
        fi
    done
    if [ "$present" = 0 ]; then
        echo down
    elif [ "$present" = ${#NAMESPACES[@]} ] && has_link "$CLIENT" eth0 && has_link "$A" hf0 && has_link "$B" hf0 \
        && has_link "$LAN" repl-a && has_link "$LAN" repl-b && has_link "$THIRD" third0 \
        && { ! exists "$C" || { has_link "$C" hf0 && has_link "$LAN" repl-c; }; }; then
        echo up
    else
        echo partial
    fi
}

up() {
    MTU=1500 MULTI_QUEUE= HOSTS=2
    while [ $# -gt 0 ]; do
        case $1 in
        --mtu)
            [[ ${2:-} =~ ^[0-9]+$ ]] && [ "$2" -ge 576 ] && [ "$2" -le 65521 ] || fail "--mtu takes 576 to 65521"
            MTU=$2
            shift
            ;;
        --multi-queue) MULTI_QUEUE=multi_queue ;;
        --hosts)
            [[ ${2:-} =~ ^[23]$ ]] || fail "--hosts takes 2 or 3"
            HOSTS=$2
            shift
            ;;
        *) fail "up does not know $1" ;;
        esac
        shift
    done
    [ -c /dev/net/tun ] || fail "there is no /dev/net/tun: modprobe tun (see check.sh)"
    [ -r /dev/net/tun ] && [ -w /dev/net/tun ] || fail "not permitted to open /dev/net/tun (see check.sh)"
    trap 'echo "lab.sh: up failed; removing what there is" >&2; trap - EXIT; remove; exit 1' EXIT
    build
    trap - EXIT
}

port_state() {
    bridge -n "$LAN" link show dev "$1" 2>/dev/null | grep -o 'state [a-z]*' | head -1 | cut -d' ' -f2
}

address_of() {
    ip -n "$1" -4 -o address show dev "$2" 2>/dev/null | awk '{ print $4; exit }'
}

status() {
    local state link port host
    state=$(state_of)
    echo "lab $PREFIX: $state"
    if [ "$state" = down ]; then
        return 1
    fi
    local hosts=("$A" "$B") devices=("$CLIENT eth0") links=("${LINKS[@]}")
    if exists "$C"; then
        hosts+=("$C")
        links+=(c repl-c)
    fi
    for host in "${hosts[@]}"; do
        devices+=("$host br0" "$host repl0" "$host third0")
    done
    printf '%-12s %-8s %-16s %s\n' namespace device address state
    for host in "${devices[@]}" "$THIRD third0"; do
        # shellcheck disable=SC2086
        set -- $host
        printf '%-12s %-8s %-16s %s\n' "$1" "$2" "$(address_of "$1" "$2")" "$(device_state "$1" "$2")"
    done
    for host in "${hosts[@]}"; do
        printf '%-12s %-8s %-16s %s\n' "$host" hf0 - "$(device_state "$host" hf0)"
    done
    for link in "${links[@]}"; do
        port=$link
        [ "$link" != repl ] || port=repl-a
        if [ "$link" = between ]; then
            bridge -n "$LAN" -d link show dev a 2>/dev/null | grep -q 'isolated on' && echo "link between: cut" || echo "link between: whole"
            continue
        fi
        case $(port_state "$port") in
        forwarding) echo "link $link: whole" ;;
        disabled) echo "link $link: cut" ;;
        *) echo "link $link: missing or down" ;;
        esac
    done
    [ "$state" = up ] || return 2
}

device_state() {
    local text
    text=$(ip -n "$1" -o link show dev "$2" 2>/dev/null) || { echo missing; return; }
    text+=" mtu $(sed -E 's/.* mtu ([0-9]+).*/\1/' <<<"$text")"
    case $2:$text in
    hf0:*LOWER_UP*) echo "in use, mtu ${text##* }" ;;
    hf0:*) echo "free, mtu ${text##* }" ;;
    *LOWER_UP*) echo "up, mtu ${text##* }" ;;
    *) echo "down, mtu ${text##* }" ;;
    esac
}

in_host() {
    local namespace=${1:-}
    [ $# -ge 2 ] || fail "exec takes a host (client, a, b, c, third, lan) and a command"
    shift
    case ${namespace#"$PREFIX"-} in
    client | a | b | c | third | lan) namespace=$PREFIX-${namespace#"$PREFIX"-} ;;
    *) fail "there is no host $namespace: client, a, b, c, third or lan" ;;
    esac
    exists "$namespace" || fail "the lab is down, or has no such host: lab.sh up"
    exec ip netns exec "$namespace" "$@"
}

# set_link LINK STATE: 0 is disabled, 3 is forwarding; the kernel leaves a port so while the bridge has no STP.
set_link() {
    local port
    case ${1:-} in
    client | a | b | third | third-a | third-b) set -- "$2" "$1" ;;
    c | repl-a | repl-b | repl-c) set -- "$2" "$1" ;;
    repl)
        set -- "$2" repl-a repl-b
        ! has_link "$LAN" repl-c || set -- "$@" repl-c
        ;;
    between)
        isolate "$2"
        return
        ;;
    *) fail "there is no link '${1:-}': ${LINKS[*]}" ;;
    esac
    [ "$(state_of)" = up ] || fail "the lab is not up: lab.sh up"
    for port in "${@:2}"; do
        bridge -n "$LAN" link set dev "$port" state "$1"
    done
}

# isolate STATE: the hosts' ports are, from each other.
isolate() {
    local port flag=off
    [ "$(state_of)" = up ] || fail "the lab is not up: lab.sh up"
    [ "$1" = 3 ] || flag=on
    for port in a b $(! has_link "$LAN" c || echo c); do
        bridge -n "$LAN" link set dev "$port" isolated "$flag"
    done
}

main() {
    local command=${1:-}
    [ $# -eq 0 ] || shift
    case $command in
    up) up "$@" ;;
    down) remove ;;
    status) status ;;
    exec) in_host "$@" ;;
    cut) set_link "${1:-}" 0 ;;
    mend) set_link "${1:-}" 3 ;;
    esac
}

[[ $PREFIX =~ ^[A-Za-z0-9]{1,8}$ ]] || fail "HOLDFAST_LAB_PREFIX takes up to 8 letters and digits"
SELF=$(readlink -f "${BASH_SOURCE[0]}")
case ${1:-} in
-h | --help | help)
    usage
    exit 0
    ;;
up | down | status | exec | cut | mend) ;;
*)
    usage >&2
    exit 64
    ;;
esac
for tool in ip bridge; do
    command -v "$tool" >/dev/null || fail "the command $tool is missing: see check.sh"
done

if [ "${HOLDFAST_LAB_INSIDE:-}" = 1 ]; then
    unset HOLDFAST_LAB_INSIDE
    main "$@"
    exit
fi
if [ "$1" = up ] || [ "$1" = down ]; then
    mkdir -p -m 700 "$STATE"
    exec 9>"$STATE/$PREFIX.lock"
    flock -w 60 9 || fail "another lab.sh is at work"
fi
if ! needs_holder; then
    main "$@"
elif holder=$(holder_pid); then
    status=0
    enter_holder "$holder" "$@" || status=$?
    if [ "$1" = down ] || { [ "$1" = up ] && [ "$status" != 0 ]; }; then
        end_holder
    fi
    exit "$status"
elif [ "$1" = up ]; then
    start_holder
    status=0
    enter_holder "$(holder_pid)" "$@" || status=$?
    [ "$status" = 0 ] || end_holder
    exit "$status"
elif [ "$1" = status ]; then
    echo "lab $PREFIX: down"
    exit 1
elif [ "$1" != down ]; then
    fail "the lab is down: lab.sh up"
fi
