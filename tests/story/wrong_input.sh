# What goes wrong with key repositories and CipherSpecs is said with its code, its side and the next step.
. "$(dirname "$0")/lib.sh"
lab
"$grove" apply --channel ASH.BIRCH >/dev/null || die "apply failed"
refused_with() { # CODE: the channel does not start, and one of the logs says why
  mqsc ASH "START CHANNEL(ASH.BIRCH)" >/dev/null
  for _ in $(seq 100); do
    mqsc ASH "DISPLAY CHSTATUS(ASH.BIRCH)" | grep -q 'STATUS(RETRYING)\|STATUS(STOPPED)' && break
  done
  grep -q "$1" "$GROVE_DATA"/qmgrs/*/errors/AMQERR01.LOG || die "no $1 in the logs"
  mqsc ASH "STOP CHANNEL(ASH.BIRCH) STATUS(INACTIVE)" >/dev/null
}
mqsc ASH "STOP CHANNEL(ASH.BIRCH) STATUS(INACTIVE)" >/dev/null
says "AMQ8242E" mqsc ASH "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(SDR) SSLCIPH(TLS_STRONGEST)"
# The stash is gone.
mv "$GROVE_DATA/keys/ash.sth" "$work/ash.sth"
out=$(mqsc ASH "REFRESH SECURITY TYPE(SSL)") && rc=0 || rc=$?
case $out in *AMQ96*) ;; *) die "a missing stash is not told: $out" ;; esac
mv "$work/ash.sth" "$GROVE_DATA/keys/ash.sth"
says "AMQ8560I" mqsc ASH "REFRESH SECURITY TYPE(SSL)"
# The two ends differ in their CipherSpec.
mqsc ASH "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(SDR) SSLCIPH(TLS_AES_128_GCM_SHA256)" >/dev/null
mqsc BIRCH "ALTER CHANNEL(ASH.BIRCH) CHLTYPE(RCVR) SSLCIPH(TLS_AES_256_GCM_SHA384)" >/dev/null
refused_with AMQ9631E
# apply puts it right.
"$grove" apply --channel ASH.BIRCH >"$work/run" || { cat "$work/run"; die "apply did not put it right"; }
says "Nothing to do" "$grove" apply --channel ASH.BIRCH
# A port that is taken.
port=$("$grove" status --json | grep -o '"listener": "127.0.0.1:[0-9]*' | head -1 | grep -o '[0-9]*$')
mqsc ASH "DEFINE LISTENER(TAKEN) TRPTYPE(TCP) IPADDR('127.0.0.1') PORT($port)" >/dev/null
out=$(mqsc ASH "START LISTENER(TAKEN)") || true
case $out in *"AMQ"*E*) ;; *) die "a taken port is not told: $out" ;; esac
