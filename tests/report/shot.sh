#!/bin/sh
# SPDX-License-Identifier: MIT
# shot.sh PAGE.html OUT.png|OUT.pdf [WIDTHxHEIGHT] [dark]: a picture, or a print, of a page in headless Chromium.
set -eu
page=$(realpath "$1") out=$2 size=${3:-1200x2600} theme=${4:-light}

for browser in chromium chromium-browser google-chrome ''; do
    [ -n "$browser" ] || { echo "shot.sh: no Chromium; Debian package: chromium" >&2 && exit 1; }
    command -v "$browser" >/dev/null && break
done
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

case $out in
*.pdf) what="--no-pdf-header-footer --print-to-pdf=$out" ;;
*) what="--hide-scrollbars --timeout=3000 --screenshot=$out --window-size=$(echo "$size" | tr x ,)" ;;
esac
[ "$theme" = light ] || what="$what --blink-settings=preferredColorScheme=0"
# shellcheck disable=SC2086 # the options are words
timeout 90 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync \
    --disable-background-networking --disable-component-update --user-data-dir="$profile" --enable-logging=stderr \
    $what "file://$page" >"$profile/log" 2>&1 || { cat "$profile/log" >&2 && exit 1; }
# What the page itself complained about, such as a script that its policy stopped.
if grep CONSOLE "$profile/log" >&2; then exit 1; fi
[ -s "$out" ]
