#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
exec 1>&-
exec /bin/sleep 3600
