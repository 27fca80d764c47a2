#!/bin/sh
# Takes no such file.
exit 3
