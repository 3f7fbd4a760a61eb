# A step that fails says why, on which side, and leaves the channel working in the stage before.
. "$(dirname "$0")/lib.sh"
lab
works_in() { # STAGE: the channel is there, and carries a message
  says "\"stage\": \"$1\"" "$grove" status --json
  echo "still works" | amqsput TO.BIRCH ASH >/dev/null
  says "message <still works>" amqsget FROM.ASH BIRCH
}
"$grove" apply --channel ASH.BIRCH --to baseline >/dev/null || die "baseline"
# BIRCH's certificate can not be signed: the authority's passphrase is gone.
"$grove" ca create "$GROVE_DATA/ca/lab" --name Lab --organisation 'O=Grove Lab,C=GB' >/dev/null
mv "$GROVE_DATA/ca/lab/passphrase" "$work/passphrase"
fails 1 "$grove" apply --channel ASH.BIRCH
grep -q "back in baseline" "$work/out" || { cat "$work/out"; die "not put back"; }
works_in baseline
mv "$work/passphrase" "$GROVE_DATA/ca/lab/passphrase"
"$grove" apply --channel ASH.BIRCH --to server-only >/dev/null || die "server-only"
# ASH's certificate can not be signed.
mv "$GROVE_DATA/ca/lab/passphrase" "$work/passphrase"
fails 1 "$grove" apply --channel ASH.BIRCH
grep -q "back in server-only" "$work/out" || { cat "$work/out"; die "not put back"; }
works_in server-only
mv "$work/passphrase" "$GROVE_DATA/ca/lab/passphrase"
"$grove" apply --channel ASH.BIRCH --to mutual >/dev/null || die "mutual"
# The filter admits somebody else: both ends are altered, the channel is refused, and everything is put back.
cp "$GROVE_DATA/grove.yaml" "$work/yaml"
sed -i '0,/    stage: filtered/s//    stage: filtered\n    admit: CN=SOMEBODY ELSE,O=Grove Lab/' "$GROVE_DATA/grove.yaml"
fails 1 "$grove" apply --channel ASH.BIRCH
grep -q "AMQ9777E" "$work/out" || { cat "$work/out"; die "the reason is not named"; }
grep -q "back in mutual" "$work/out" || { cat "$work/out"; die "not put back"; }
works_in mutual
cp "$work/yaml" "$GROVE_DATA/grove.yaml"
"$grove" apply --channel ASH.BIRCH >/dev/null || die "filtered"
# Another CipherSpec is taken over without leaving the stage.
sed -i '0,/cipherspec: ANY_TLS12_OR_HIGHER/s//cipherspec: TLS_AES_128_GCM_SHA256/' "$GROVE_DATA/grove.yaml"
"$grove" apply --channel ASH.BIRCH >"$work/out" || { cat "$work/out"; die "another CipherSpec"; }
works_in filtered
says "TLS_AES_128_GCM_SHA256" "$grove" status
