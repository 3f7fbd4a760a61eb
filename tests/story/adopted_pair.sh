# A pair that runs already, with attributes of its own, sequence numbers above 0 and messages waiting: it goes through the
# same stages; nothing is redefined, nothing lost.
. "$(dirname "$0")/lib.sh"
lab
crtmqm -u SYSTEM.DEAD.LETTER.QUEUE ASH >/dev/null
crtmqm -u SYSTEM.DEAD.LETTER.QUEUE BIRCH >/dev/null
strmqm ASH >/dev/null
strmqm BIRCH >/dev/null
runmqsc BIRCH >/dev/null <<'MQSC'
DEFINE LISTENER(HERE) TRPTYPE(TCP) IPADDR('127.0.0.1') PORT(0) CONTROL(QMGR)
START LISTENER(HERE)
DEFINE QLOCAL(FROM.ASH) DEFPSIST(YES) DESCR('the application''s queue')
DEFINE CHANNEL(ASH.BIRCH) CHLTYPE(RCVR) BATCHSZ(7) DESCR('made by hand')
MQSC
port=$(mqsc BIRCH "DISPLAY LSSTATUS(HERE) PORT" | grep -o 'PORT([0-9]*)' | tr -dc 0-9)
runmqsc ASH >/dev/null <<MQSC
DEFINE QLOCAL(XMIT.TO.BIRCH) USAGE(XMITQ) DEFPSIST(YES)
DEFINE QREMOTE(TO.BIRCH) RNAME(FROM.ASH) RQMNAME(BIRCH) XMITQ(XMIT.TO.BIRCH) DEFPSIST(YES)
DEFINE CHANNEL(ASH.BIRCH) CHLTYPE(SDR) CONNAME('127.0.0.1($port)') XMITQ(XMIT.TO.BIRCH) BATCHSZ(3) DISCINT(777) DESCR('made by hand')
START CHANNEL(ASH.BIRCH)
MQSC
for n in 1 2 3 4 5; do echo "before $n"; done | amqsput TO.BIRCH ASH >/dev/null
for _ in $(seq 200); do
  [ "$(mqsc BIRCH 'DISPLAY QLOCAL(FROM.ASH) CURDEPTH' | grep -o 'CURDEPTH([0-9]*)')" = 'CURDEPTH(5)' ] && break
done
mqsc ASH "STOP CHANNEL(ASH.BIRCH)" >/dev/null
for n in 6 7 8; do echo "waiting $n"; done | amqsput TO.BIRCH ASH >/dev/null
"$grove" apply --channel ASH.BIRCH >"$work/out" || { cat "$work/out"; die "apply failed"; }
says "BATCHSZ(3)" mqsc ASH "DISPLAY CHANNEL(ASH.BIRCH) ALL"
says "DISCINT(777)" mqsc ASH "DISPLAY CHANNEL(ASH.BIRCH) ALL"
says "made by hand" mqsc BIRCH "DISPLAY CHANNEL(ASH.BIRCH) ALL"
says "XMITQ(XMIT.TO.BIRCH)" mqsc ASH "DISPLAY CHANNEL(ASH.BIRCH) ALL"
out=$(amqsget FROM.ASH BIRCH)
for n in 1 2 3 4 5; do case $out in *"message <before $n>"*) ;; *) die "before $n is lost" ;; esac; done
for n in 6 7 8; do case $out in *"message <waiting $n>"*) ;; *) die "waiting $n is lost" ;; esac; done
[ "$(printf '%s\n' "$out" | grep -c '^message')" = 8 ] || die "not each message once: $out"
