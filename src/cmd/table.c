/* table.c - the commands. */
#include "cmd/cmd.h"

const struct cmd_row cmd_rows[] = {
    {"init", false, "--lab [DIR] [--key TYPE]", "write grove.yaml, the description of an estate",
        "--lab        two queue managers named after trees, ASH and BIRCH\n"
        "--key TYPE   key type of the queue managers: rsa2048 (default), rsa3072, rsa4096, p256, "
        "p384, p521\n",
        "grove init --lab ~/grove-lab\ngrove -C ~/grove-lab apply\n", cmd_init},
    {"apply", false, "[--to STAGE] [--channel NAME] [--allow-downgrade] [--explain] [--json]",
        "bring the estate to what grove.yaml says, stage by stage, a message after every step",
        "--to STAGE         baseline, server-only, mutual or filtered, instead of what the file "
        "says\n"
        "--channel NAME     only this channel\n"
        "--allow-downgrade  let a channel go down to an earlier stage\n"
        "--explain          print every command and MQSC statement as it is typed on IBM MQ\n"
        "--json             one JSON object per line and step\n",
        "grove -C ~/grove-lab apply\ngrove apply --to mutual --explain\n", cmd_apply},
    {"status", false, "[--json]", "queue managers, channels, certificates: what is",
        "--json  the same as one JSON object\n",
        "grove status\ngrove -C ~/grove-lab status --json\n", cmd_status},
    {"start", false, "", "start the estate's queue managers", "",
        "grove start\ngrove -C ~/grove-lab start\n", cmd_start},
    {"stop", false, "", "stop the estate's queue managers", "",
        "grove stop\ngrove -C ~/grove-lab stop\n", cmd_stop},
    {"ca", false,
        "create FOLDER [--name NAME] [--organisation DN] | sign FOLDER REQUEST [--days N] [--out "
        "FILE]",
        "an authority of your own: root and intermediate, and certificates signed by it",
        "--name NAME         what the authority is called in its names (default: the folder's)\n"
        "--organisation DN   the end of its names, e.g. 'O=Example,C=GB'\n"
        "--days N            how long the certificate lasts (default and most: 397)\n"
        "--out FILE          where the certificate and its chain go (default: standard output)\n",
        "grove ca create ca/lab --name Lab --organisation 'O=Grove Lab,C=GB'\n"
        "grove ca sign ca/lab birch.csr --out birch.crt\n",
        cmd_ca},
    {"manual", false, "[QMGR|QUEUE|CHANNEL|LISTENER|CHLAUTH|AUTHREC]",
        "the attributes of an object type: ranges, defaults, and which are stored but not acted on "
        "yet",
        "", "grove manual CHANNEL\ngrove manual CHANNEL | grep 'not acted on'\n", cmd_manual},
    {"crtmqm", true, "[-q] [-u DEADQ] [-c TEXT] QMGR", "create a queue manager",
        "-u DEADQ  name of its dead-letter queue\n-c TEXT   description\n-q        accepted; there "
        "is no default queue manager\n",
        "crtmqm ASH\ncrtmqm -u SYSTEM.DEAD.LETTER.QUEUE BIRCH\n", cmd_crtmqm},
    {"strmqm", true, "QMGR", "start a queue manager; returns when it accepts connections", "",
        "strmqm ASH\nGROVE_DATA=~/grove-lab strmqm ASH\n", cmd_strmqm},
    {"endmqm", true, "[-c|-w|-i|-p] QMGR", "end a queue manager",
        "-c  quiesce: applications may finish (default)\n-w  the same, and wait until it has "
        "ended\n"
        "-i  immediately: calls under way complete\n-p  without waiting for anything\n",
        "endmqm -i ASH\nendmqm -w BIRCH\n", cmd_endmqm},
    {"dltmqm", true, "QMGR", "delete a queue manager and all that it holds", "",
        "dltmqm ASH\nendmqm -w ASH && dltmqm ASH\n", cmd_dltmqm},
    {"dspmq", true, "[-m QMGR]", "the queue managers and whether they run",
        "-m QMGR  only this one\n", "dspmq\ndspmq -m ASH\n", cmd_dspmq},
    {"runmqsc", true, "[-e] [-v] [-f FILE] QMGR", "run MQSC commands from standard input or a file",
        "-e       do not repeat the commands in the output\n-v       check their syntax only\n-f "
        "FILE  read them from a file\n",
        "echo 'DISPLAY CHSTATUS(*)' | runmqsc ASH\nrunmqsc -f objects.mqsc BIRCH\n", cmd_runmqsc},
    {"amqsput", true, "QUEUE [QMGR]", "put each line of standard input as a message", "",
        "echo hello | amqsput TO.BIRCH ASH\namqsput TO.BIRCH ASH < lines.txt\n", cmd_amqsput},
    {"amqsget", true, "QUEUE [QMGR]", "get messages until none came for 15 seconds", "",
        "amqsget FROM.ASH BIRCH\nGROVE_WAIT=1 amqsget FROM.ASH BIRCH\n", cmd_amqsget},
    {"runmqakm", true, "-keydb|-cert|-certreq -ACTION ...",
        "key repositories, certificates and requests",
        "-keydb -create -db FILE [-pw PW] -stash | -stashpw\n"
        "-cert -list|-details|-add|-receive|-extract|-delete -db FILE -stashed [-label L] [-file "
        "F]\n"
        "-certreq -create|-list|-extract|-delete -db FILE -stashed -label L -dn DN [-size N] "
        "[-file F]\n",
        "runmqakm -keydb -create -db birch.p12 -type pkcs12 -stash\n"
        "runmqakm -certreq -create -db birch.p12 -stashed -label ibmwebspheremqbirch -dn CN=BIRCH "
        "-file birch.csr\n",
        cmd_runmqakm},
    {NULL, false, NULL, NULL, NULL, NULL, NULL},
};
