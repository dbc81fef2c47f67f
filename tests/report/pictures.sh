#!/bin/sh
# SPDX-License-Identifier: MIT
# pictures.sh SAMPLE FOLDER: the sample's pages, on a screen, in the dark, on a phone and on paper.
set -eu
sample=$1 folder=$2
shot=$(dirname "$0")/shot.sh

"$sample" "$folder/cells.html"
"$sample" "$folder/million.html" million
"$shot" "$folder/cells.html" "$folder/light.png"
"$shot" "$folder/cells.html" "$folder/dark.png" 1200x2600 dark
"$shot" "$folder/cells.html" "$folder/phone.png" 390x2800
"$shot" "$folder/million.html" "$folder/million.png"
"$shot" "$folder/cells.html" "$folder/print.pdf"
ls "$folder"/*.html "$folder"/*.png "$folder"/*.pdf
