#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Write C arrays that hold files: embed.py OUTPUT FILE ..., so that the library needs no data folder."""
import os
import re
import sys


def main():
    output, paths = sys.argv[1], sys.argv[2:]
    parts = ['#include "lib/profile/embedded.h"\n']
    entries = []
    for path in paths:
        with open(path, 'rb') as file:
            data = file.read()
        name = os.path.basename(path)
        symbol = 'data_' + re.sub('[^a-z0-9]', '_', name.lower())
        lines = [', '.join('%d' % byte for byte in data[i:i + 24]) for i in range(0, len(data), 24)]
        parts.append('static const unsigned char %s[] = {\n%s, 0};\n' % (symbol, ',\n'.join(lines)))
        entries.append('\t{"%s", %s, sizeof %s - 1},' % (name, symbol, symbol))
    parts.append('const struct dc_embedded dc_embedded_files[] = {\n%s\n\t{0, 0, 0}};\n' % '\n'.join(entries))
    with open(output, 'w', encoding='ascii') as file:
        file.write('\n'.join(parts))


main()
