#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
exec 0<&-
printf '{"triangles":20000}'
