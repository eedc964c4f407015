# Starts PostgreSQL, says "ready", and stops it when standard input ends. Arguments: folder of its programs, port, password.
set -eu
programs=$1 port=$2 password=$3
umask 077
folder=$(mktemp -d "${TMPDIR:-/tmp}/parlor-postgres.XXXXXX")

finish() {
    "$programs/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' TERM HUP
# A runner that is gone when we say "ready" must not end us before the folder is removed, so no signal by the pipe.
trap '' INT PIPE

fail() {
    cat "$folder/log" >&2
    exit 1
}

printf '%s\n' "$password" >"$folder/password"
"$programs/initdb" --pgdata="$folder/data" --username=parlor --pwfile="$folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$folder/log" 2>&1 || fail
cat >>"$folder/data/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
max_connections = 300
fsync = on
synchronous_commit = on
SETTINGS
"$programs/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --silent --wait start >/dev/null 2>&1 || fail

echo ready
read -r _ || true
