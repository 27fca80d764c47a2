#!/bin/sh
# One byte, or none within a second, before it says that it is confined.
early=$(/usr/bin/timeout 1 /usr/bin/head -c 1 | /usr/bin/wc -c)
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
[ "$early" -eq 0 ] || exit 9
/bin/cat >/dev/null
