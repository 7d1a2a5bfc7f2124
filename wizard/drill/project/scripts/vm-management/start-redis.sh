#!/bin/bash
# Starts Redis Stack on the database VM.

set -euo pipefail

REDIS_HOST="${REDIS_HOST:-172.16.168.23}"
REDIS_USER="${REDIS_USER:-autobot}"
SSH_KEY="${SSH_KEY:-$HOME/.ssh/autobot_key}"
SERVICE="redis-stack-server"

log() {
    printf '%s %s\n' "$(date '+%H:%M:%S')" "$*"
}

on_vm() {
    ssh -i "$SSH_KEY" "$REDIS_USER@$REDIS_HOST" "$@"
}

is_running() {
    on_vm systemctl is-active --quiet "$SERVICE"
}

start_service() {
    on_vm bash -s <<'REMOTE'
set -e
sudo mkdir -p /var/lib/redis-stack /var/log/redis-stack
sudo chown redis:redis /var/lib/redis-stack /var/log/redis-stack
sudo systemctl start redis-stack-server
REMOTE
}

wait_for_ping() {
    for _ in $(seq 1 30); do
        if on_vm redis-cli ping | grep -q PONG; then
            return 0
        fi
        sleep 1
    done
    return 1
}

if is_running; then
    log "$SERVICE is already running on $REDIS_HOST"
    exit 0
fi

log "starting $SERVICE on $REDIS_HOST"
start_service
wait_for_ping
log "$SERVICE answers on $REDIS_HOST"
