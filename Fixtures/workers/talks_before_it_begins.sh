#!/bin/sh
exec /bin/cat /dev/zero
