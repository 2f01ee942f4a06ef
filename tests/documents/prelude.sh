# Runs before the blocks of a page. The server of the page listens at PORT, and is also what
# https://id.example.com stands for.
set -eu
SERVER=

stop_server() {
    [ -z "$SERVER" ] || { kill "$SERVER"; wait "$SERVER" || :; }
    SERVER=
}
trap stop_server EXIT

start_server() {
    stop_server
    "$@" > server.log 2>&1 &
    SERVER=$!
    until pocketid healthcheck > /dev/null 2>&1; do
        kill -0 "$SERVER" || { cat server.log >&2; exit 1; }
        sleep 0.1
    done
}

curl() {
    for word; do
        shift
        case $word in
        https://id.example.com*) word="http://127.0.0.1:$PORT${word#https://id.example.com}" ;;
        esac
        set -- "$@" "$word"
    done
    command curl --silent --show-error --fail-with-body "$@"
}
