#!/usr/bin/env bash
# Brings docker-compose.yml up on a real Docker engine, sends a message from alice@alpha.test to bob@beta.test with the client
# in a container, compares what bob reads with what was sent, sees the signed receipt, and takes everything down again.
#
#   e2e-tests/compose-test.sh         exit status: 0 passed, 1 failed, 77 skipped: no engine answers
#
# Needs what ./keypost builds. KEYPOST_BASE_IMAGE and KEYPOST_NETWORK are those of docker-compose.yml. KEYPOST_COMPOSE chooses where
# both are installed: "docker compose" (the default) or "docker-compose".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
network=${KEYPOST_NETWORK:-172.30.53}
# Two runs at once need two networks.
export COMPOSE_PROJECT_NAME=keypost-compose-test-${network//./-}
# Two cores that were busy with builds besides have needed fourteen minutes.
deadline_seconds=1080
services="keyserver ingress verifier router delivery"

say() {
  printf '%s compose-test: %s\n' "$(date +%T)" "$*"
}

skip() {
  say "SKIPPED: $*"
  exit 77
}

if ! command -v docker > /dev/null || ! timeout 20 docker info > /dev/null 2>&1; then
  skip "no Docker engine answers, so the images and docker-compose.yml were NOT tried"
fi
if [ -n "${KEYPOST_COMPOSE:-}" ]; then
  read -ra compose <<< "$KEYPOST_COMPOSE"
  "${compose[@]}" version > /dev/null 2>&1 || { say "KEYPOST_COMPOSE: $KEYPOST_COMPOSE does not run"; exit 1; }
elif docker compose version > /dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose > /dev/null; then
  compose=(docker-compose)
else
  skip "neither docker compose nor docker-compose is installed, so docker-compose.yml was NOT tried"
fi
for service in $services; do
  [ -e "$service-service/target/quarkus-app/quarkus-run.jar" ] || { say "$service-service is not built"; exit 1; }
done

scratch=$(mktemp -d)
end() {
  local status=$?
  trap - EXIT
  if [ "$status" -ne 0 ] && [ -n "${started:-}" ]; then
    say "FAILED; what the containers said last:"
    "${compose[@]}" ps || true
    "${compose[@]}" logs --no-color --tail=40 2>&1 | cut -c1-600 || true
  fi
  [ -z "${started:-}" ] || "${compose[@]}" --profile client down --volumes --remove-orphans --timeout 10 > "$scratch/down" 2>&1 || cat "$scratch/down"
  if [ -n "$(docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ] ||
    [ -n "$(docker volume ls -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ]; then
    say "FAILED: containers or volumes were left behind"
    status=1
  fi
  rm -rf "$scratch"
  exit "$status"
}
trap end EXIT

# The state of one container in a word: what its health check says, else what the engine says.
state_of() {
  local id
  id=$("${compose[@]}" ps -q "$1" 2> /dev/null)
  [ -n "$id" ] || { echo absent; return; }
  docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}-{{.State.ExitCode}}{{end}}' "$id"
}

# Waits until a container is in a state; a one-shot that ended badly ends the wait.
await() {
  local container=$1 wanted=$2 state
  while state=$(state_of "$container") && [ "$state" != "$wanted" ]; do
    case $state in exited-[1-9]*) say "$container: $state"; return 1 ;; esac
    [ "$SECONDS" -lt "$deadline_seconds" ] || { say "$container is $state after $SECONDS s, not $wanted"; return 1; }
    sleep 1
  done
}

# The client of a user, in a container of its own.
client() {
  "${compose[@]}" --profile client run --rm -T client "$@"
}

keypost() {
  local user=$1
  shift
  client keypost "$@" --home "/home/keypost/$user" --passphrase-file /home/keypost/passphrase
}

# Does a command of the client again while it says that a failure is temporary (status 75), as its user would.
patiently() {
  local status
  while status=0 && { "$@" || status=$?; } && [ "$status" -eq 75 ]; do
    [ "$SECONDS" -lt "$deadline_seconds" ] || { say "still a temporary failure after $SECONDS s: ${*:1:3}"; return 1; }
  done
  return "$status"
}

# Makes a user's keys: user, address, one-time code. Each try has a recovery code of its own, which is never written over.
enrols() {
  keypost "$1" enrol "$2" --code "$3" --recovery-file "/home/keypost/$1.recovery.$SECONDS" --dns "$network.2:5353" \
    --trust-anchor /var/lib/keypost/dns/trust-anchor.ds --allow-networks "$network.0/24" --allow-ports 8443
}

alice_sends() {
  keypost alice send < "$scratch/sent.eml"
}

say "with ${compose[*]} $("${compose[@]}" version --short 2> /dev/null | head -n 1), engine $(docker version --format '{{.Server.Version}}')"
"${compose[@]}" config --quiet
started=1
"${compose[@]}" --profile client build > "$scratch/build" 2>&1 || { tail -n 40 "$scratch/build"; exit 1; }
say "images are built"
"${compose[@]}" up -d > "$scratch/up" 2>&1 || { tail -n 40 "$scratch/up"; exit 1; }
say "containers are started"
for provider in alpha beta; do
  await "$provider-init" exited-0
  say "$provider.test has made its root and enrolled its services"
done
for provider in alpha beta; do
  for service in $services; do
    await "$provider-$service" healthy
  done
done
say "all ten services are healthy after $SECONDS s"

printf 'From: Alice <alice@alpha.test>\r\nTo: Bob <bob@beta.test>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from a container\r\nDate: Tue, 24 Nov 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello Bob, %s\r\n' \
  "$(head -c 24 /dev/urandom | base64)" > "$scratch/sent.eml"
client bash -c 'umask 077; head -c 24 /dev/urandom | base64 > /home/keypost/passphrase'
for user in alice@alpha.test bob@beta.test; do
  provider=${user#*@}
  provider=${provider%.test}
  code=$("${compose[@]}" run --rm -T "$provider-init" keypost operator code "$user" --admin-token-file /var/lib/keypost/admin/token | tr -d '\r')
  patiently enrols "${user%@*}" "$user" "$code"
done
patiently alice_sends
say "alice has sent"
arrived=""
until [ -n "$arrived" ]; do
  [ "$SECONDS" -lt "$deadline_seconds" ] || { say "nothing has arrived after $SECONDS s"; exit 1; }
  patiently keypost bob fetch > "$scratch/fetched"
  arrived=$(grep 'alice@alpha.test' "$scratch/fetched" || true)
done
say "bob has it: $arrived"
patiently keypost bob read --raw > "$scratch/read.eml"
cmp "$scratch/sent.eml" "$scratch/read.eml"
say "what bob reads is octet for octet what alice sent"
until keypost alice outcomes > "$scratch/outcomes" && grep 'delivered, signed by beta.test' "$scratch/outcomes"; do
  [ "$SECONDS" -lt "$deadline_seconds" ] || { say "no receipt after $SECONDS s:"; cat "$scratch/outcomes"; exit 1; }
done
say "PASSED: alice has beta.test's signed receipt after $SECONDS s"
