# The life of a queue manager: created, started twice, killed, started again with what was acknowledged.
. "$(dirname "$0")/lib.sh"
mkdir -p "$GROVE_DATA"
crtmqm OAK >/dev/null
fails 8 crtmqm OAK
fails 72 crtmqm 'no spaces please'
says "STATUS(Ended normally)" dspmq
strmqm OAK >/dev/null
fails 5 strmqm OAK
says "STATUS(Running)" dspmq -m OAK
says "AMQ8006I" mqsc OAK "DEFINE QLOCAL(Q1) DEFPSIST(YES)"
[ "$(mqsc OAK "DISPLAY QLOCAL(Q1)" | grep -c AMQ8409I)" = 1 ] || die "not one heading for one queue"
says "AMQ8150E" mqsc OAK "DEFINE QLOCAL(Q1)"
printf 'one\ntwo\n' | amqsput Q1 OAK >/dev/null
pid=$(cat "$GROVE_DATA/qmgrs/OAK/lock")
kill -9 $pid
while kill -0 $pid 2>/dev/null; do :; done
strmqm OAK >/dev/null
out=$(amqsget Q1 OAK)
case $out in *"message <one>"*"message <two>"*) ;; *) die "acknowledged messages are lost: $out" ;; esac
endmqm -i OAK >/dev/null
fails 16 endmqm OAK
fails 16 strmqm ELM
fails 20 runmqsc OAK </dev/null
dltmqm OAK >/dev/null
[ -z "$(dspmq)" ] || die "OAK is still listed"
