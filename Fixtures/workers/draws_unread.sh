#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
exec 0<&-
exec head -c 2304 /dev/zero
