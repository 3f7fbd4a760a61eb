# ASH and BIRCH from nothing to mutual TLS with a DN filter, and a second run that finds nothing to do.
. "$(dirname "$0")/lib.sh"
lab
"$grove" apply --json >"$work/run" || { cat "$work/run"; die "apply failed"; }
for step in baseline request authority receive server-only mutual filtered; do
  grep -q "\"step\":\"$step\".*\"ok\":true" "$work/run" || die "no step $step"
done
[ "$(grep -c '"step":"refusal".*"ok":true.*"control":true' "$work/run")" -ge 8 ] || { cat "$work/run"; die "refusals"; }
! grep -q '"step":"refusal".*"ok":false' "$work/run" || die "an intruder was not refused"
tail -1 "$work/run" | grep -q '"step":"done","ok":true' || die "not done"
says "Nothing to do" "$grove" apply
says '"stage": "filtered"' "$grove" status --json
says '"listener": "127.0.0.1:' "$grove" status --json
[ "$("$grove" status --json | grep -c '"status": "RUNNING"')" = 2 ] || die "a channel is not running"
# A message of the user's own.
echo "hello over TLS" | amqsput TO.BIRCH ASH >/dev/null
says "message <hello over TLS>" amqsget FROM.ASH BIRCH
echo "and back" | amqsput TO.ASH BIRCH >/dev/null
says "message <and back>" amqsget FROM.BIRCH ASH
# The definitions, the messages and the stage are there after a restart.
"$grove" stop >/dev/null
"$grove" start >/dev/null
says "Nothing to do" "$grove" apply
