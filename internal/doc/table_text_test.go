package doc

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func windows1258(tb testing.TB, s string) []byte {
	tb.Helper()
	// The encoding has the marks of tones as characters of their own behind the vowel.
	var out strings.Builder
	for _, r := range norm.NFC.String(s) {
		tone := ""
		var base []rune
		for _, m := range norm.NFD.String(string(r)) {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", m) {
				tone += string(m)
			} else {
				base = append(base, m)
			}
		}
		out.WriteString(norm.NFC.String(string(base)) + tone)
	}
	b, err := charmap.Windows1258.NewEncoder().String(out.String())
	if err != nil {
		tb.Fatal(err)
	}
	return []byte(b)
}

func TestCSVDialects(t *testing.T) {
	const list = "Họ và tên;Lớp;Số tiền\nNguyễn Thị Hường;3B;1.250.000,00\n"
	want := []string{"1|Họ và tên|Lớp|Số tiền", "2|Nguyễn Thị Hường|3B|1.250.000,00"}
	for name, b := range map[string][]byte{
		"plain":           []byte(list),
		"byte order mark": []byte("\ufeff" + list),
		"CRLF":            []byte(strings.ReplaceAll(list, "\n", "\r\n")),
		"CR":              []byte(strings.ReplaceAll(list, "\n", "\r")),
		"decomposed":      []byte(norm.NFD.String(list)),
		"tabs":            []byte(strings.ReplaceAll(list, ";", "\t")),
		"bars":            []byte(strings.ReplaceAll(list, ";", "|")),
		"UTF-16 marked":   append([]byte{0xff, 0xfe}, utf16LE(list)...),
		"UTF-16":          utf16LE(list),
		"windows-1258":    windows1258(t, list),
		"no end of line":  []byte(strings.TrimSuffix(list, "\n")),
		"empty columns":   []byte(strings.ReplaceAll(list, "\n", ";;;\n")),
	} {
		if got := grid(t, openBytes(t, b, name), "CSV"); !cmp.Equal(got, want) {
			t.Errorf("%s: %s", name, cmp.Diff(want, got))
		}
	}
}

func TestCSVRecords(t *testing.T) {
	for in, want := range map[string][]string{
		"a,b\n":                       {"1|a|b"},
		"\n\n a , b\u00a0\n":          {"3|a|b"},
		"\"a,1\",\"x \"\"y\"\" z\"\n": {"1|a,1|x \"y\" z"},
		"\"a\nb\",c\nd,e":             {"1|a\nb|c", "2|d|e"},
		"a \"b\" c,d":                 {"1|a \"b\" c|d"},
		"\"a\"b,c\nd,e":               {"1|ab|c", "2|d|e"},
		"sep=;\na;b,c":                {"2|a|b,c"},
		"'=1+1,'abc,'":                {"1|=1+1|'abc|'"},
		"a;b,c;d\ne;f;g,h":            {"1|a|b,c|d", "2|e|f|g,h"},
		"\u200ba\ufeff,b\u00ad":       {"1|a|b"},
	} {
		if got := grid(t, openBytes(t, []byte(in), "a.csv"), "CSV"); !cmp.Equal(got, want) {
			t.Errorf("%q: %s", in, cmp.Diff(want, got))
		}
	}
}

func TestHTMLTables(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{
			"bank export", `<html><head><meta charset="utf-8"><title>x</title><style>td{}</style></head><body>
			<table><tr><td colspan=3><b>NGÂN HÀNG</b>&nbsp;SÔNG LAM</td></tr></table>
			<table border=1><tr><th>Ngày<br>Số CT</th><th>Ghi c&oacute;</th><th>Nội dung</th></tr>
			<tr><td> 22/11/2026<br/>5242.1 </td><td align=right>1,250,000</td><td>HPK7G3M9X077 &lt;LOP&gt;&amp;lt;</td></tr></table></body></html>`,
			[]string{"1|NGÂN HÀNG SÔNG LAM||", "2|Ngày\nSố CT|Ghi có|Nội dung", "3|22/11/2026\n5242.1|1,250,000|HPK7G3M9X077 <LOP>&lt;"},
		},
		{"no end tags", `<table><tr><td>a<td>b<tr><td>c<td>d`, []string{"1|a|b", "2|c|d"}},
		{"row span", `<table><tr><td rowspan=2>1A<td>An<tr><td>Bình<tr><td>1B<td>Chi</table>`, []string{"1|1A|An", "2||Bình", "3|1B|Chi"}},
		{"row span over a short row", `<table><tr><td>a<td>b<td rowspan=2>c<tr><td>d<tr><td>e<td>f<td>g</table>`, []string{"1|a|b|c", "2|d", "3|e|f|g"}},
		{"table in a cell", `<table><tr><td>x<table><tr><td>in</td></tr></table>y</td></tr></table>`, []string{"2|in", "1|xy"}},
		{"script and comment", `<table><tr><td>a<script>"<td>no</td>"</script><!-- <td>no</td> -->b</td></tr></table>`, []string{"1|ab"}},
		{"UTF-16", string(utf16LE("\ufeff<table><tr><td>Lớp</td></tr></table>")), []string{"1|Lớp"}},
		{"empty rows", `<table><tr><td>&nbsp;</td></tr><tr></tr><tr><td>a</td></tr></table>`, []string{"3|a"}},
	} {
		table := openBytes(t, []byte(c.in), "a.xls")
		if table.Format != FormatHTML {
			t.Fatalf("%s: read as %s", c.name, table.Format)
		}
		if got := grid(t, table, "HTML"); !cmp.Equal(got, c.want) {
			t.Errorf("%s: %s", c.name, cmp.Diff(c.want, got))
		}
	}
}

func TestHTMLKnowsExcelsNumbers(t *testing.T) {
	table := openBytes(t, []byte(`<table><tr><td x:num="1250000">1.250.000</td><td x:str>007</td><td x:fmla="=A1"></td></tr>`+
		`<tr><td rowspan=2 colspan=2>m</td></tr></table>`), "a.xls")
	rows := readAll(t, table, "HTML")
	want := []Cell{{Text: "1.250.000", Number: "1250000", IsNumber: true}, {Text: "007"}, {IsFormula: true, Uncached: true}}
	if d := cmp.Diff(want, rows[0].Cells); d != "" {
		t.Error(d)
	}
	if ranges, err := table.Merged("HTML"); err != nil || fmt.Sprint(ranges) != "[A2:B3]" {
		t.Errorf("%v %v", ranges, err)
	}
}

func TestPlainDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "007": "7", "1250000": "1250000", "+5": "5", "1.50": "1.5", ".5": "0.5", "5.": "5",
		"1.25E6": "1250000", "1.25e+06": "1250000", "1.5E-3": "0.0015", "-1E2": "-100", "123456789012345678": "123456789012345678",
		"1249999.9999999998": "1250000", "0.30000000000000004": "0.3", "99999999999999.99": "100000000000000", "1E15": "1000000000000000",
		"1.2345678901234501E+19": "12345678901234500000", "46348.793055555558": "46348.7930555556", "0.0": "0", "1E-400": "0." + strings.Repeat("0", 399) + "1",
	} {
		if got, ok := plainDecimal(in); !ok || got != want {
			t.Errorf("%s: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-", ".", "a", "1,5", "1e", "1e999", "0x10", "1 2", "NaN", "Infinity", "--1", "1e1.5", "1e-999999999"} {
		if got, ok := plainDecimal(in); ok {
			t.Errorf("%q is read as %q", in, got)
		}
	}
}

func TestShapeOf(t *testing.T) {
	for code, want := range map[string]shape{
		"General": {}, "0": {}, "#,##0": {}, "@": {}, "0.00E+00": {}, "#,##0\\ \"đ\"": {}, `#,##0 "dong/month"`: {}, "#,##0 _₫": {},
		"[$-42A]#,##0\\ [$₫-42A]": {}, "[Red]0": {}, "00000": {zeros: 5}, "0%": {percent: true}, "0.00%": {percent: true},
		"dd/mm/yyyy": {date: true}, "[$-42A]dd mmmm yyyy;@": {date: true}, "mmm-yy": {date: true}, "mm": {date: true}, `"ngày" d "tháng" m`: {date: true},
		"hh:mm": {time: true}, "mm:ss.0": {time: true}, "dd/mm/yyyy hh:mm": {date: true, time: true}, "h:mm AM/PM": {time: true},
		`"unclosed`: {}, "[unclosed": {}, "\\": {}, "": {},
	} {
		if got := shapeOf(code); got != want {
			t.Errorf("%q: %+v, want %+v", code, got, want)
		}
	}
}
