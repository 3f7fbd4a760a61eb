# An estate whose path is longer than a socket's address, and names with / and % in them.
. "$(dirname "$0")/lib.sh"
deep=$work/$(printf 'a-folder-with-a-long-name/%.0s' 1 2 3 4 5 6)lab
mkdir -p "$deep"
export GROVE_DATA=$deep
[ "${#deep}" -gt 130 ] || die "the path is not long"
crtmqm 'A/B%C' >/dev/null
strmqm 'A/B%C' >/dev/null
[ -d "$deep/qmgrs/A%2FB%25C" ] || die "the folder's name is not escaped"
says "STATUS(Running)" dspmq -m 'A/B%C'
says "AMQ8408I" mqsc 'A/B%C' "DISPLAY QMGR QMNAME"
endmqm -i 'A/B%C' >/dev/null
