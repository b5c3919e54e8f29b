# shellcheck shell=bash
# A network as a Hugging Face Space has it, whose only ways out are ports 80, 443 and 8080, and what is outside of it:
# Postgres and a pooler, behind a stand-in of Neon's proxy, and a stand-in of Resend. scripts/egress and scripts/space
# source it, after scripts/lib.sh; `work` is their folder. It runs nothing.
# shellcheck disable=SC2034,SC2154 # for them, and from them

ns=doorkey-egress-$$
far=dk$$a near=dk$$b # names of interfaces have 15 characters at most
net=10.$((100 + SRANDOM % 100)).$((SRANDOM % 256))
pooled=ep-stand-in-1-pooler.eu-central-1.aws.neon.tech
direct=${pooled/-pooler/}
world=

# skip TEXT…: the end, as a failure where the network is required.
skip() {
  [ -z "${DOORKEY_REQUIRE_EGRESS:-}" ] || die "$*"
  say "skipped: $*"
  exit 0
}

inside() { ip netns exec "$ns" "$@"; }

# make_network: a pair of interfaces, and a firewall inside that drops what a Space drops. From outside 7860 is reached.
make_network() {
  local tool
  [ "$(id -u)" = 0 ] || skip 'network namespaces need root'
  for tool in ip iptables openssl python3 unshare chroot; do have "$tool" || skip "there is no $tool here"; done
  ip netns add "$ns" 2>"$work/ip.log" || skip "no network namespace can be made: $(cat "$work/ip.log")"
  {
    ip link add "$far" type veth peer name "$near" netns "$ns" &&
      ip address add "$net.1/24" dev "$far" && ip address add "$net.3/24" dev "$far" && ip link set "$far" up &&
      inside ip link set lo up && inside ip address add "$net.2/24" dev "$near" && inside ip link set "$near" up &&
      inside ip route add default via "$net.1" &&
      inside iptables -A OUTPUT -o lo -j ACCEPT &&
      inside iptables -A OUTPUT -p tcp -m multiport --dports 80,443,8080 -j ACCEPT &&
      inside iptables -A OUTPUT -p tcp --sport 7860 ! --syn -j ACCEPT &&
      inside iptables -P OUTPUT DROP
  } 2>"$work/ip.log" || skip "the network cannot be made: $(cat "$work/ip.log")"
  mkdir -p "/etc/netns/$ns"
  printf '%s\n' '127.0.0.1 localhost' "$net.1 $pooled $direct" "$net.3 resend.localhost" >"/etc/netns/$ns/hosts"
}

# start_world: what is outside. `database` are then the variables that lead to it, and `password` is Postgres'; mails are
# kept in $work/mails.
start_world() {
  local server pooler credentials parameters tick
  mkdir "$work/postgres" "$work/mails"
  scripts/pg start "$work/postgres" >"$work/postgres.env"
  scripts/pgbouncer start "$work/postgres" >>"$work/postgres.env"
  # shellcheck source=/dev/null
  . "$work/postgres.env"
  server=${DOORKEY_TEST_POSTGRES#*@}
  server=${server%%/*}
  pooler=${DOORKEY_TEST_PGBOUNCER#*@}
  pooler=${pooler%%/*}
  credentials=${DOORKEY_TEST_POSTGRES#postgres://}
  credentials=${credentials%%@*}
  password=${credentials#*:}
  parameters="sslmode=require&channel_binding=require&sslrootcert=$work/ca.crt"
  database=(
    "DATABASE_URL=postgres://$credentials@$pooled/postgres?$parameters"
    "DATABASE_URL_UNPOOLED=postgres://$credentials@$direct/postgres?$parameters"
  )
  (cd "$work" && certificate '*.eu-central-1.aws.neon.tech' "$net.1") 2>"$work/certificate.log" ||
    die 'no certificate could be made'
  python3 scripts/egress.py world "$net" "$server" "$work" "$pooled:5432=$pooler" "$direct:5432=$server" \
    >"$work/world.log" 2>&1 &
  world=$!
  for ((tick = 0; tick < 100; tick++)); do
    if [ -e "$work/world.ready" ]; then break; fi
    sleep 0.1
  done
  [ -e "$work/world.ready" ] || die 'the stand-ins did not start'
}

# end_network: all of that, as far as it is there.
end_network() {
  if [ -n "$world" ]; then kill "$world" 2>/dev/null || true; fi
  if [ -d "$work/postgres/pgbouncer" ]; then scripts/pgbouncer stop "$work/postgres" || true; fi
  if [ -d "$work/postgres" ]; then scripts/pg stop "$work/postgres" || true; fi
  # Its end in the namespace goes with it.
  ip link del "$far" 2>/dev/null || true
  ip netns del "$ns" 2>/dev/null || true
  rm -rf "/etc/netns/$ns"
  rmdir /etc/netns 2>/dev/null || true
}
