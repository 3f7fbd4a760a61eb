# lib.sh - what the stories share: a folder of their own, the commands, and a clean end.
set -eu
grove=$1
work=$(mktemp -d)
mkdir "$work/mq"
for name in crtmqm strmqm endmqm dltmqm dspmq runmqsc amqsput amqsget runmqakm; do
  ln -s "$grove" "$work/mq/$name"
done
PATH=$work/mq:$PATH
real_home=$HOME # Maven keeps its repository there
export GROVE_DATA=$work/lab GROVE_WAIT=1 NO_COLOR=1 HOME=$work
finish() {
  code=$?
  for dir in "$GROVE_DATA" "$GROVE_DATA/intruder"; do
    GROVE_DATA=$dir dspmq 2>/dev/null | sed -n 's/^QMNAME(\(.*\)) .*STATUS(Running).*/\1/p' | while read -r q; do
      GROVE_DATA=$dir endmqm -i "$q" >/dev/null 2>&1 || true
    done
  done
  rm -rf "$work"
  exit $code
}
trap finish EXIT
die() { echo "story: $*"; exit 1; }
# says TEXT COMMAND...: the command's output holds the text.
says() {
  local text=$1
  shift
  local out
  out=$("$@" 2>&1) || true
  case $out in
    *"$text"*) ;;
    *) die "'$text' is not in the output of: $*"$'\n'"$out" ;;
  esac
}
# fails CODE COMMAND...: the command ends with this exit code.
fails() {
  local want=$1 got=0
  shift
  "$@" >"$work/out" 2>&1 || got=$?
  [ "$got" -eq "$want" ] || { cat "$work/out"; die "exit code $got, not $want: $*"; }
}
mqsc() { # QMGR COMMAND
  printf '%s\n' "$2" | runmqsc -e "$1"
}
lab() { "$grove" init --lab "$GROVE_DATA" --key p256 >/dev/null; }
