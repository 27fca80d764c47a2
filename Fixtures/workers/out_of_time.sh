#!/bin/sh
echo '{"filter":true,"first_to_go":true,"network":true,"nobody":true}'
kill -XCPU $$
