#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
exec /bin/cat /dev/zero
