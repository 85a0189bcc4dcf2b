#!/bin/sh
# Kills every container of a running deployment in turn while the demo works through it, and lets the demo judge: everything live
# once, recorded, measured. The project must be up with the `demo` profile; see deploy/README.md.
#
#   ./deploy/test/kill-any.sh [service ...]      by default all but the playground, which stands for the platform
#
# Ours are killed from the inside (SIGKILL to every process but the init), so that Docker's restart policy brings them back; RabbitMQ,
# Postgres and the rest by `docker kill`, after which Docker leaves the restart to whoever killed.
set -eu
cd "$(dirname "$0")/../.."
docker info >/dev/null 2>&1 || { echo 'skipped: no Docker engine answers here'; exit 0; }
if docker compose version >/dev/null 2>&1; then compose='docker compose'; else compose=docker-compose; fi
get() { sed -n "s/^$1=//p" .env | tail -n 1; }
SUREPOST_API_KEY=$(get API_KEY) PLAYGROUND_ADMIN_KEY=$(get PLAYGROUND_ADMIN_KEY)
export SUREPOST_API_KEY PLAYGROUND_ADMIN_KEY
running=$($compose ps --services)
[ $# -gt 0 ] || set -- poster browser-broker browser-broker-1 persister scraper replier console rabbitmq postgres postgrest gateway
pause=${PAUSE_SECONDS:-6}

progress=$(mktemp) result=$(mktemp)
trap 'rm -f "$progress" "$result"' EXIT
# A create that died with its container is asked for after the settle window (SETTLE_WINDOW_MS, two minutes), up to three times.
./surepost demo --json --within 1200 --against "${CONSOLE_URL:-http://127.0.0.1:8080}" --site "${SITE_URL:-http://127.0.0.1:8090}" >"$result" 2>"$progress" &
demo=$!
# Its first line comes when everything was accepted: from then on nothing may be lost.
while kill -0 $demo 2>/dev/null && ! grep -q '^live ' "$progress"; do sleep 0.2; done

for service in "$@"; do
  echo "$running" | grep -qx "$service" || continue
  for container in $($compose ps -q "$service"); do
    case $service in
      rabbitmq | postgres | postgrest | gateway) docker kill -s KILL "$container" >/dev/null && docker start "$container" >/dev/null ;;
      *) docker exec "$container" sh -c 'kill -9 -1' || true ;;
    esac
    echo "$(date +%T) killed $service $(printf %.12s "$container"): $(tail -n 1 "$progress")"
  done
  sleep "$pause"
done
wait $demo && status=0 || status=$?
tail -n 1 "$progress"
cat "$result"
exit $status
