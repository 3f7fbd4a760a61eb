# One channel goes down to the clear and up again, one stage at a time; nothing is lost.
. "$(dirname "$0")/lib.sh"
lab
"$grove" apply --channel ASH.BIRCH >/dev/null || die "apply failed"
for stage in mutual server-only baseline; do
  "$grove" apply --channel ASH.BIRCH --to $stage --allow-downgrade >"$work/run" || { cat "$work/run"; die "down to $stage"; }
  echo "at $stage" | amqsput TO.BIRCH ASH >/dev/null
done
for stage in server-only mutual filtered; do
  "$grove" apply --channel ASH.BIRCH --to $stage >"$work/run" || { cat "$work/run"; die "up to $stage"; }
done
out=$(amqsget FROM.ASH BIRCH)
for stage in mutual server-only baseline; do
  case $out in *"message <at $stage>"*) ;; *) die "the message put at $stage is lost" ;; esac
done
