/* lab.c - the estate that `grove init --lab` writes. */
#include <stdio.h>
#include <string.h>

#include "estate/estate.h"

static const char lab[] =
    "# grove.yaml - what this estate should be.  Edit it, then run: grove apply\n"
    "#\n"
    "# Stages of a channel: baseline (in the clear), server-only (TLS, only the accepting side has a\n"
    "# certificate), mutual (both have one), filtered (only the expected Distinguished Name is admitted,\n"
    "# as an unprivileged user).\n"
    "estate: lab\n"
    "\n"
    "# Who signs certificates.  kind: own (a root and an intermediate in this folder), or by-hand (a\n"
    "# certificate request is written into the folder and you put the signed certificate beside it).\n"
    "authorities:\n"
    "  - name: Lab\n"
    "    kind: own\n"
    "    folder: ca/lab\n"
    "    organisation: O=Grove Lab,C=GB\n"
    "    key: p256\n"
    "  - name: Second            # trusted by BIRCH too, so that only the issuer filter tells it apart\n"
    "    kind: own\n"
    "    folder: ca/second\n"
    "    organisation: O=Second CA,C=GB\n"
    "    key: p256\n"
    "  - name: Stranger          # trusted by nobody\n"
    "    kind: own\n"
    "    folder: ca/stranger\n"
    "    organisation: O=Stranger,C=GB\n"
    "    key: p256\n"
    "\n"
    "# listener: address(port); port 0 takes a free one.  key: rsa2048 rsa3072 rsa4096 p256 p384 p521.\n"
    "# label: the certificate's label; left out, it is ibmwebspheremq and the name in lower case.\n"
    "queue-managers:\n"
    "  - name: ASH\n"
    "    reached: embedded\n"
    "    listener: 127.0.0.1(0)\n"
    "    key-repository: keys/ash.p12\n"
    "    distinguished-name: CN=ASH,OU=Messaging,O=Grove Lab,C=GB\n"
    "    dns: [ash.grove.example, localhost]\n"
    "    key: %s\n"
    "    authority: Lab\n"
    "  - name: BIRCH\n"
    "    reached: embedded\n"
    "    listener: 127.0.0.1(0)\n"
    "    key-repository: keys/birch.p12\n"
    "    distinguished-name: CN=BIRCH,OU=Messaging,O=Grove Lab,C=GB\n"
    "    dns: [birch.grove.example, localhost]\n"
    "    key: %s\n"
    "    authority: Lab\n"
    "\n"
    "# admit: the DN filter; left out, exactly the sending side's certificate.  mcauser: the user that a\n"
    "# filtered channel runs as on the receiving side; it may put on the queue below and nothing else.\n"
    "channels:\n"
    "  - name: ASH.BIRCH\n"
    "    from: ASH\n"
    "    to: BIRCH\n"
    "    cipherspec: ANY_TLS12_OR_HIGHER\n"
    "    stage: filtered\n"
    "    mcauser: ashapp\n"
    "    queue: FROM.ASH\n"
    "    remote-queue: TO.BIRCH\n"
    "  - name: BIRCH.ASH\n"
    "    from: BIRCH\n"
    "    to: ASH\n"
    "    cipherspec: ANY_TLS12_OR_HIGHER\n"
    "    stage: filtered\n"
    "    mcauser: birchapp\n"
    "    queue: FROM.BIRCH\n"
    "    remote-queue: TO.ASH\n"
    "\n"
    "# Who must be refused.  Each is tried for real, and each has a control: the same attempt passes as\n"
    "# soon as the one thing that should refuse it is taken away.\n"
    "intruders:\n"
    "  - name: OAK               # same CA, another name\n"
    "    channel: ASH.BIRCH\n"
    "    kind: other-dn\n"
    "    distinguished-name: CN=OAK,OU=Messaging,O=Grove Lab,C=GB\n"
    "    authority: Lab\n"
    "  - name: ASH.TWIN          # ASH's exact name, issued by another CA that BIRCH trusts\n"
    "    channel: ASH.BIRCH\n"
    "    kind: same-dn-other-ca\n"
    "    distinguished-name: CN=ASH,OU=Messaging,O=Grove Lab,C=GB\n"
    "    authority: Second\n"
    "  - name: ASH.TEST          # one OU differs\n"
    "    channel: ASH.BIRCH\n"
    "    kind: near-dn\n"
    "    distinguished-name: CN=ASH,OU=Messaging-Test,O=Grove Lab,C=GB\n"
    "    authority: Lab\n"
    "  - name: PLAIN             # no TLS at all\n"
    "    channel: ASH.BIRCH\n"
    "    kind: plaintext\n"
    "  - name: IMPOSTOR          # listens in BIRCH's place\n"
    "    channel: ASH.BIRCH\n"
    "    kind: impostor\n"
    "    distinguished-name: CN=IMPOSTOR,OU=Messaging,O=Grove Lab,C=GB\n"
    "    authority: Lab\n"
    "  - name: STRANGER          # a CA that BIRCH does not trust\n"
    "    channel: ASH.BIRCH\n"
    "    kind: untrusted-ca\n"
    "    distinguished-name: CN=ASH,OU=Messaging,O=Grove Lab,C=GB\n"
    "    authority: Stranger\n"
    "  - name: OAK.BACK          # the return channel refuses too\n"
    "    channel: BIRCH.ASH\n"
    "    kind: other-dn\n"
    "    distinguished-name: CN=OAK,OU=Messaging,O=Grove Lab,C=GB\n"
    "    authority: Lab\n";

enum rc
estate_init_lab(struct io *io, const char *dir, const char *key, struct failure *f)
{
    char path[ESTATE_PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/grove.yaml", dir) >= (int)sizeof(path))
        return fail(f, RC_LIMIT, "the folder's path is too long");
    if (io_exists(io, path)) {
        enum rc rc = fail(f, RC_EXISTS, "%s exists already", path);
        failure_fix(f, "edit it and run: grove -C %s apply", dir);
        return rc;
    }
    enum rc rc = io_mkdir(io, dir, f);
    if (rc != RC_OK)
        return rc;
    AUTO_BUF text = buf_new(sizeof(lab) + 64, ORDER_BIG);
    buf_printf(&text, lab, key, key);
    return io_save(io, path, buf_span(&text), f);
}
