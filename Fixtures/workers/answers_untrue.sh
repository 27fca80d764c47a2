#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
/bin/cat >/dev/null
printf '{"triangles":13}'
