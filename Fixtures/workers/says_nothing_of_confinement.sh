#!/bin/sh
echo hello
exec /bin/cat
