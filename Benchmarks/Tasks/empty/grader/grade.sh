#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the Lyceum authors
printf %s '{"status":"scored","metrics":{"score":1}}' >&3
