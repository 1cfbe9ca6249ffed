#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Build doc/examples/compose.c against an installed copy, with nothing but pkg-config, and run it.
set -eu
source=$1 build=$2 sanitizers=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

meson install -C "$build" --no-rebuild --quiet --destdir "$work" >/dev/null
pc=$(find "$work" -name draftconv.pc | head -n 1)
prefix=$work$(sed -n 's/^prefix=//p' "$pc")
export PKG_CONFIG_PATH="${pc%/*}"
flags=$(pkg-config --define-variable=prefix="$prefix" --cflags --libs draftconv)
# A library with a sanitizer in it asks for a program that has it too.
[ "$sanitizers" = none ] || flags="$flags -fsanitize=$sanitizers"
# $flags is a list of words
cc -Wall -Werror "$source/doc/examples/compose.c" $flags -o "$work/compose"
printf 'At noon?\n' | LD_LIBRARY_PATH="${pc%/pkgconfig/*}" \
  "$work/compose" 'Bob <bob@example.org>; Mom' 'Lunch' >"$work/out" 2>"$work/err"
tr -d '\r' <"$work/out" >"$work/lines"
for line in 'Date: Fri, 31 Dec 2004 23:04:05 +0100' 'From: Alice <alice@example.org>' \
  'To: Bob <bob@example.org>, "Mom" <unparsed-1@recipient.invalid>' 'Subject: Lunch' 'At noon?'; do
  grep -qxF "$line" "$work/lines" || { echo "not in the message: $line"; cat "$work/lines"; exit 1; }
done
grep -q '^warning: recipient-placeholder: to Mom$' "$work/err" || { cat "$work/err"; exit 1; }
