# runmqakm from an empty folder to a received certificate, signed by OpenSSL as an outside CA that drops the OU.
. "$(dirname "$0")/lib.sh"
cd "$work"
runmqakm -keydb -create -db birch.p12 -pw 'Secret-1 word' -type pkcs12 -stash
[ "$(stat -c %a birch.p12 birch.sth | sort -u)" = 600 ] || die "the files are not 0600"
fails 1 runmqakm -keydb -create -db birch.p12 -pw x -stash
runmqakm -certreq -create -db birch.p12 -stashed -label ibmwebspheremqbirch -dn 'CN=BIRCH,OU=Messaging,O=Outside,C=GB' \
  -size 2048 -file birch.csr -san_dnsname birch.example
says "ibmwebspheremqbirch" runmqakm -certreq -list -db birch.p12 -stashed
openssl req -in birch.csr -noout -verify 2>/dev/null || die "OpenSSL does not accept the request"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj '/O=Outside/CN=Outside CA' 2>/dev/null
printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=DNS:birch.example\n' >ext
openssl x509 -req -in birch.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 20 -subj '/C=GB/O=Outside/CN=BIRCH' \
  -extfile ext -out birch.crt 2>/dev/null
# Without its signer it is refused, and the signer is named.
fails 1 runmqakm -cert -receive -db birch.p12 -stashed -file birch.crt
grep -q "Outside CA" "$work/out" || { cat "$work/out"; die "the missing signer is not named"; }
# What is no certificate is refused for what it is.
fails 1 runmqakm -cert -receive -db birch.p12 -stashed -file birch.csr
fails 1 runmqakm -cert -receive -db birch.p12 -stashed -file ca.key
runmqakm -cert -add -db birch.p12 -stashed -label 'outside ca' -file ca.crt
runmqakm -cert -receive -db birch.p12 -stashed -file birch.crt >/dev/null
says "-	ibmwebspheremqbirch" runmqakm -cert -list -db birch.p12 -stashed
says "Subject : CN=BIRCH,O=Outside,C=GB" runmqakm -cert -details -db birch.p12 -stashed -label ibmwebspheremqbirch
openssl pkcs12 -in birch.p12 -passin 'pass:Secret-1 word' -nokeys -info >/dev/null 2>&1 || die "OpenSSL can not read it"
# A label that nobody will look for is noticed when it is made.
runmqakm -certreq -create -db birch.p12 -stashed -label ibmwebspremqash -dn CN=ASH -file ash.csr 2>"$work/warn"
grep -q "ibmwebspheremqash" "$work/warn" || die "the near miss is not named"
# Wrong passwords and damaged files change nothing.
fails 1 runmqakm -cert -list -db birch.p12 -pw wrong
cp birch.p12 before
head -c 200 before >birch.p12
fails 1 runmqakm -cert -add -db birch.p12 -stashed -label x -file ca.crt
[ "$(stat -c %s birch.p12)" = 200 ] || die "a damaged repository was overwritten"
# An authority whose making was killed is not in the way of the next one; one that is there is never overwritten.
mkdir -p half.new/junk
"$grove" ca create half >/dev/null || die "the leftover is in the way"
[ ! -e half.new ] || die "the leftover is still there"
fails 1 "$grove" ca create half
