#!/bin/sh
# Writes without end.
exec cat /dev/zero > "$3"
