#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
i=0
while [ $i -lt 30000 ]; do i=$((i+1)); done
kill -SEGV $$
