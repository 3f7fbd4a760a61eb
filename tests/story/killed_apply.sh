# apply is killed at any moment, again and again; the next run goes on, and no message is lost or doubled.
. "$(dirname "$0")/lib.sh"
lab
for ms in 010 030 060 090 120 160 200 250 300 350 400 500 600 700; do
  "$grove" apply >"$work/run" 2>&1 &
  pid=$!
  sleep "0.$ms"
  kill -9 $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
done
"$grove" apply >"$work/run" || { cat "$work/run"; die "apply did not go on"; }
says '"stage": "filtered"' "$grove" status --json
says "Nothing to do" "$grove" apply
echo once | amqsput TO.BIRCH ASH >/dev/null
[ "$(amqsget FROM.ASH BIRCH | grep -c '^message <once>')" = 1 ] || die "not exactly once"
# stop ends everything, also what a killed run has left.
"$grove" apply --channel ASH.BIRCH --to mutual --allow-downgrade >/dev/null || die "down"
"$grove" apply >/dev/null 2>&1 &
pid=$!
for _ in $(seq 300); do
  GROVE_DATA=$GROVE_DATA/intruder dspmq | grep -q Running && break
  sleep 0.01
done
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
"$grove" stop >/dev/null
! GROVE_DATA=$GROVE_DATA/intruder dspmq | grep -q Running || die "the intruder is still running"
