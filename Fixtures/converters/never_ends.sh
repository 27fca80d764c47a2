#!/bin/sh
# Waits for ever.
sleep 1000000
