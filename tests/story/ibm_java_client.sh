# IBM's own Java client (fetched by Maven, never committed) against a SVRCONN channel, in the clear and over mutual TLS.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")/../interop/java" && pwd)
skip() { echo "$*"; exit 77; }
for tool in java javac keytool mvn; do command -v $tool >/dev/null || skip "$tool is not installed"; done
built=$(cd "$(dirname "$grove")/../.." && pwd)/interop-java
if [ ! -d "$built/out" ]; then
  mkdir -p "$built"
  cp -r "$here/." "$built/"
  (cd "$built" && HOME=$real_home mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >mvn.log 2>&1) ||
    skip "Maven can not fetch IBM's client"
  (cd "$built" && javac -cp 'lib/*' -d classes src/*.java && mv classes out)
fi
mkdir -p "$GROVE_DATA"
crtmqm QM1 >/dev/null
strmqm QM1 >/dev/null
# The queue manager's certificate and the client's, from an authority of our own.
cd "$work"
"$grove" ca create ca --name Interop --organisation 'O=Interop,C=GB' >/dev/null
runmqakm -keydb -create -db qm1.p12 -pw 'Secret-1 word' -stash
runmqakm -cert -add -db qm1.p12 -stashed -label 'interop ca' -file ca/chain.pem
runmqakm -certreq -create -db qm1.p12 -stashed -label ibmwebspheremqqm1 -dn CN=QM1,O=Interop -file qm1.csr
"$grove" ca sign ca qm1.csr --out qm1.pem
runmqakm -cert -receive -db qm1.p12 -stashed -file qm1.pem >/dev/null
openssl req -new -newkey rsa:2048 -nodes -keyout app.key -out app.csr -subj '/O=Interop/CN=app' 2>/dev/null
"$grove" ca sign ca app.csr --out app.pem
openssl pkcs12 -export -in app.pem -inkey app.key -name app -out app.p12 -passout pass:changeit
keytool -importcert -noprompt -alias root -file ca/root.crt -keystore trust.p12 -storetype PKCS12 -storepass changeit 2>/dev/null
runmqsc QM1 >mqsc.out <<MQSC || { cat mqsc.out; die "the definitions failed"; }
ALTER QMGR SSLKEYR('$work/qm1.p12')
REFRESH SECURITY TYPE(SSL)
DEFINE QLOCAL(TEST.Q1)
DEFINE CHANNEL(APP.SVRCONN) CHLTYPE(SVRCONN) MCAUSER('app') MAXMSGL(104857600)
DEFINE CHANNEL(APP.TLS) CHLTYPE(SVRCONN) MCAUSER('app') SSLCIPH(ANY_TLS12_OR_HIGHER) SSLCAUTH(REQUIRED)
SET AUTHREC OBJTYPE(QMGR) PRINCIPAL('app') AUTHADD(CONNECT,INQ,DSP,SETALL,SETID,ALTUSR)
SET AUTHREC PROFILE('TEST.**') OBJTYPE(QUEUE) PRINCIPAL('app') AUTHADD(PUT,GET,BROWSE,INQ,SET,SETALL,SETID,PASSALL,PASSID)
SET AUTHREC PROFILE('SYSTEM.DEFAULT.MODEL.QUEUE') OBJTYPE(QUEUE) PRINCIPAL('app') AUTHADD(PUT,GET,BROWSE,INQ,DSP)
SET AUTHREC PROFILE('AMQ.**') OBJTYPE(QUEUE) PRINCIPAL('app') AUTHADD(PUT,GET,BROWSE,INQ)
DEFINE LISTENER(L) TRPTYPE(TCP) IPADDR('127.0.0.1') PORT(0)
START LISTENER(L)
MQSC
port=$(mqsc QM1 "DISPLAY LSSTATUS(L) PORT" | grep -o 'PORT([0-9]*)' | tr -dc 0-9)
cd "$built"
client() { timeout 120 java -cp 'out:lib/*' "$@" port="$port" >"$work/java.out" 2>&1 || { cat "$work/java.out"; die "$*"; }; }
client Conn
client MqiPutGet props=0
client JmsPutGet
client WrongQueue
tls() { client "$@" channel=APP.TLS keystore="$work/app.p12" truststore="$work/trust.p12" storepass=changeit; }
tls TlsMutual cipher=TLS_AES_256_GCM_SHA384
tls TlsMutual cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
tls MqiPutGet props=0 min=1 cipher='*TLS12ORHIGHER'
client TlsMutual channel=APP.TLS truststore="$work/trust.p12" storepass=changeit neg=1
