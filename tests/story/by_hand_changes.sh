# What somebody changes by hand between two runs is seen and put right; going down needs to be said.
. "$(dirname "$0")/lib.sh"
lab
"$grove" apply >/dev/null || die "apply failed"
mqsc ASH "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(SDR) SSLPEER('CN=SOMEBODY')" >/dev/null
says '"as_wanted": false' "$grove" status --json
"$grove" apply >"$work/run" || { cat "$work/run"; die "apply did not put it right"; }
says "Nothing to do" "$grove" apply
fails 1 "$grove" apply --to mutual
grep -q "allow-downgrade" "$work/out" || die "the way to go down is not named"
"$grove" apply --to mutual --channel ASH.BIRCH --allow-downgrade >/dev/null || die "down to mutual"
says '"stage": "mutual"' "$grove" status --json
"$grove" apply >/dev/null || die "and up again"
fails 2 "$grove" apply --to nowhere
fails 2 "$grove" nonsense
