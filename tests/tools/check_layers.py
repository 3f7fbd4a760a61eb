"""A folder of src/ includes only from itself and from the layers below it (ARCHITECTURE.md)."""
import pathlib
import re
import sys

LAYERS = ["base", "io", "store", "x509", "keyrepo", "ca", "wire", "object", "mqsc", "chlauth", "tls", "client",
          "qmgr", "target", "estate", "cmd"]


def main(root):
    wrong = []
    files = 0
    for path in sorted((root / "src").rglob("*.[ch]")):
        layer = path.relative_to(root / "src").parts[0]
        files += 1
        if layer not in LAYERS:
            wrong.append(f"{path}: {layer} is no layer")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+"([^/"]+)/', line)
            if match and (match[1] not in LAYERS or LAYERS.index(match[1]) > LAYERS.index(layer)):
                wrong.append(f"{path.relative_to(root)}:{number}: {layer} includes from {match[1]}")
            if re.search(r"<uv\.h>", line) and layer != "io":
                wrong.append(f"{path.relative_to(root)}:{number}: only io/ knows libuv")
    print("\n".join(wrong) if wrong else f"{files} files keep to the layers")
    return 1 if wrong or files == 0 else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
