# A commercial CA: the request is written, a person has it signed (by OpenSSL here, which drops the OU), apply goes on.
. "$(dirname "$0")/lib.sh"
lab
sed -i '0,/^    kind: own/s//    kind: by-hand/' "$GROVE_DATA/grove.yaml"
cd "$work"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj '/O=Outside/CN=Outside CA' 2>/dev/null
printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n' >ext
sign() { # QMGR
  openssl x509 -req -in "$GROVE_DATA/ca/lab/$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 20 \
    -subj "/C=GB/O=Grove Lab/CN=$1" -extfile ext -out leaf.crt 2>/dev/null
  cat leaf.crt ca.crt >"$GROVE_DATA/ca/lab/$1.crt"
}
fails 3 "$grove" apply --channel ASH.BIRCH
grep -q "BIRCH.csr" "$work/out" || { cat "$work/out"; die "the request is not named"; }
fails 3 "$grove" apply --channel ASH.BIRCH
sign BIRCH
fails 3 "$grove" apply --channel ASH.BIRCH
grep -q "ASH.csr" "$work/out" || { cat "$work/out"; die "ASH's request is not named"; }
# While a person acts, the channel works in the stage that was reached.
echo "meanwhile" | amqsput TO.BIRCH ASH >/dev/null
says "message <meanwhile>" amqsget FROM.ASH BIRCH
sign ASH
"$grove" apply --channel ASH.BIRCH >"$work/out" || { cat "$work/out"; die "apply did not go on"; }
grep -q "filters follow the issued name" "$work/out" || { cat "$work/out"; die "the changed name is not told"; }
grep -q "not attempted" "$work/out" || die "what can not be attempted is not told"
says "CN=ASH,O=Grove Lab,C=GB" mqsc BIRCH "DISPLAY CHLAUTH('ASH.BIRCH') ALL"
