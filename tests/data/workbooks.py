# SPDX-License-Identifier: MIT
"""Writes small Excel workbooks with the standard library: sound ones, and ones that no program would write."""
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# cell formats: 0 as it is, 1 a day with milliseconds, 2 a span of hours,
# 3 the built-in day, 4 with [Red] and "d" in quotes
STYLES = (f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="3">'
          '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/>'
          '<numFmt numFmtId="165" formatCode="[h]:mm:ss.000"/>'
          '<numFmt numFmtId="166" formatCode="[Red]0.000&quot; d&quot;;0"/></numFmts>'
          '<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0"/>'
          '<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="166"/></cellXfs></styleSheet>')
DAY, SPAN, DAY_BUILT_IN, QUOTED = 1, 2, 3, 4


class Raw(str):
    """The inside of a <c> element as it is to stand there: 't="e"|<v>#N/A</v>'."""


def column(index):
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell(place, value, strings):
    if value is None:
        return ""
    if isinstance(value, Raw):
        attributes, inside = value.split("|", 1)
        return f'<c r="{place}" {attributes}>{inside}</c>'
    if isinstance(value, tuple):
        return f'<c r="{place}" s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str) and strings is not None:
        strings.setdefault(value, len(strings))
        return f'<c r="{place}" t="s"><v>{strings[value]}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def sheet_xml(rows, strings=None, merges=(), dimension=None, prefix=""):
    """`rows`: lists of values, from row 1; or {row: list}."""
    rows = rows if isinstance(rows, dict) else dict(enumerate(rows, 1))
    body = "".join(f'<row r="{r}">' + "".join(cell(f"{column(c)}{r}", v, strings)
                   for c, v in enumerate(values)) + "</row>" for r, values in rows.items())
    merged = "".join(f'<mergeCell ref="{m}"/>' for m in merges)
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    text = (f'<worksheet xmlns="{MAIN}">{said}<sheetData>{body}</sheetData>'
            + (f'<mergeCells count="{len(merges)}">{merged}</mergeCells>' if merges else "") + "</worksheet>")
    if prefix:
        text = text.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
        text = text.replace("xmlns=", f"xmlns:{prefix}=")
    return HEAD + text


def relations(listed):
    return f'{HEAD}<Relationships xmlns="{RELS}">' + "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>' for key, kind, target in listed
    ) + "</Relationships>"


def parts(sheets, strings=None, from_1904=False, targets=None):
    """The members of a workbook of {name: xml of its sheet} as a dict."""
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(sheets, 1))
    related = [(f"rId{i}", "worksheet", (targets or {}).get(name, f"worksheets/sheet{i}.xml"))
               for i, name in enumerate(sheets, 1)]
    related.append(("rIdS", "styles", "styles.xml"))
    if strings is not None:
        related.append(("rIdT", "sharedStrings", "/xl/sharedStrings.xml"))
    date = ' date1904="1"' if from_1904 else ""
    members = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr{date}/>'
                           f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(related),
        "xl/styles.xml": STYLES,
    }
    if strings is not None:
        items = "".join(f'<si><t xml:space="preserve">{escape(s)}</t></si>' for s in strings)
        members["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}" count="9999999999">{items}</sst>'
    for i, xml in enumerate(sheets.values(), 1):
        members[f"xl/worksheets/sheet{i}.xml"] = xml
    return members


def packed(members):
    bytes_ = io.BytesIO()
    with zipfile.ZipFile(bytes_, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return bytes_.getvalue()
