# Makes a private PostgreSQL cluster, stops and starts it on demand, and removes it when standard input ends, which it does
# when the program that started this has ended, however that was.
#
# It says `ready FOLDER` when the cluster answers on a socket in that folder, and `done` after each command.

# Its files are in that folder too, or in another one that is named, if this user may write there.
# With a port, a certificate and its key it listens for TLS on the loopback interface as well.

programs=$1 fsync=$2 place=$3 port=$4 certificate=$5 key=$6

fail() {
    echo "$1"
    exit 1
}

# The path of a socket has room for some hundred bytes, so not wherever TMPDIR says.
folder=$(mktemp -d /tmp/passkeep-postgres.XXXXXX) || fail "no folder in /tmp"
data=$folder/data
[ -z "$place" ] || data=$(mktemp -d "$place/postgres.XXXXXX" 2>"$folder/place") || data=$folder/data
trap 'rm -rf "$folder" "$data"' EXIT
trap '' HUP INT TERM
cd "$folder" || fail "cannot enter $folder"

# Tests end processes, not machines, and do without syncs; who measures does not.
options="-c unix_socket_directories='$folder' -c fsync=$fsync -c max_connections=500"
if [ -n "$port" ]; then
    (umask 077 && echo "$certificate" >server.pem && echo "$key" >server.key) || fail "cannot write to $folder"
    options="$options -c listen_addresses=localhost -c port=$port -c ssl=on"
    options="$options -c ssl_cert_file='$folder/server.pem' -c ssl_key_file='$folder/server.key'"
else
    options="$options -c listen_addresses="
fi

start() {
    "$programs/pg_ctl" -D "$data" -l "$folder/log" -t 60 -s -w -o "$options" start >"$folder/pg_ctl" 2>&1
}

stop() {
    "$programs/pg_ctl" -D "$data" -m "$1" -t 60 -s -w stop >"$folder/pg_ctl" 2>&1
}

"$programs/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb" 2>&1 ||
    fail "initdb: $(tail -n 1 "$folder/initdb")"
start || fail "pg_ctl start: $(tail -n 1 "$folder/log")"
echo "ready $folder"

while read -r command; do
    case $command in
        # As when the machine's power fails: nothing is written that was not, and the next start recovers.
        crash) stop immediate ;;
        stop) stop fast ;;
        start) start ;;
    esac
    echo "done $?"
done
stop immediate
