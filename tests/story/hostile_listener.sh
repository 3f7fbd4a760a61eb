# Bytes that are no MQ, half of a TLS hello, silence, many at once: the listener stays, and says what it saw.
. "$(dirname "$0")/lib.sh"
mkdir -p "$GROVE_DATA"
crtmqm ELM >/dev/null
strmqm ELM >/dev/null
mqsc ELM "DEFINE LISTENER(L) TRPTYPE(TCP) IPADDR('127.0.0.1') PORT(0)" >/dev/null
says "AMQ8021I" mqsc ELM "START LISTENER(L)"
port=$(mqsc ELM "DISPLAY LSSTATUS(L) PORT" | grep -o 'PORT([0-9]*)' | tr -dc 0-9)
[ -n "$port" ] || die "no port"
python3 - "$port" <<'PYTHON'
import os, socket, sys
port = int(sys.argv[1])
def connect():
    s = socket.create_connection(("127.0.0.1", port), 5)
    s.settimeout(5)
    return s
for data in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"TSH \xff\xff\xff\xff" + b"\0" * 20,
             b"TSH \0\0\0\x1c\x01\x01" + b"\0" * 18, b"TSH \0\0\0\x05" + b"\0" * 20, os.urandom(5000)):
    s = connect()
    try:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096):
            pass
    except OSError:
        pass
    s.close()
silent = []
for _ in range(300):
    try:
        silent.append(connect())
    except OSError:
        break
for s in silent:
    s.close()
PYTHON
says "AMQ8408I" mqsc ELM "DISPLAY QMGR QMNAME"
says "AMQ9207E" cat "$GROVE_DATA/qmgrs/ELM/errors/AMQERR01.LOG"
endmqm -i ELM >/dev/null
