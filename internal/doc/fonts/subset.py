"""Makes the two subsets beside this file from the full Noto Sans fonts.

    python3 subset.py DIRECTORY_WITH_NotoSans-Regular.ttf_AND_NotoSans-Bold.ttf

Needs fonttools. Hinting, kerning and layout tables are left out: the PDF writer uses none of
them. Noto Sans has no minus sign U+2212, which amounts of money need, so one is added: the
horizontal bar of its plus sign, with the plus sign's width.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

UNICODES = (
    "U+0020-007E,U+00A0-0180,U+01A0-01A1,U+01AF-01B0,U+01CD-01DC,U+0300-0304,U+0306-030C,"
    "U+031B,U+0323,U+0331,U+1E00-1EFF,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,"
    "U+2032-2033,U+20AB-20AC,U+2116,U+2122,U+FFFD"
)


def add_minus(font):
    plus = font.getBestCmap()[ord("+")]
    points = font["glyf"][plus].getCoordinates(font["glyf"])[0]
    ys = sorted({y for _, y in points})
    bottom, top = ys[1], ys[2]  # a plus has four heights: foot, bar, bar, head
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    pen = TTGlyphPen(None)
    pen.moveTo((left, bottom))
    for point in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(point)
    pen.closePath()
    font.setGlyphOrder(font.getGlyphOrder() + ["minus"])
    font["glyf"]["minus"] = pen.glyph()
    font["hmtx"]["minus"] = (font["hmtx"][plus][0], left)
    for table in font["cmap"].tables:
        table.cmap[0x2212] = "minus"


def main(source):
    here = Path(__file__).parent
    for weight in ("Regular", "Bold"):
        options = subset.Options(
            hinting=False,
            layout_features=[],
            glyph_names=True,
            legacy_cmap=True,
            notdef_outline=True,
            recommended_glyphs=False,
            name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
            drop_tables=["GDEF", "GPOS", "GSUB", "STAT", "meta", "DSIG", "gasp"],
        )
        font = subset.load_font(str(source / f"NotoSans-{weight}.ttf"), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(UNICODES.replace("U+", "")))
        subsetter.subset(font)
        add_minus(font)
        font["post"].formatType = 3.0
        for name in font.getGlyphOrder():
            font["glyf"][name].expand(font["glyf"])
        font.recalcBBoxes = True
        font.recalcTimestamp = False
        font.save(here / f"NotoSans-{weight}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
