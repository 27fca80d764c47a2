#!/bin/sh
# Uses processor time for ever.
while :; do :; done
