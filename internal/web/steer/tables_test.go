package steer_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// sheet is a table as a reader gets it: heads, rows, and the row of sums when there is one.
type sheet struct {
	heads []string
	rows  [][]string
	foot  []string
}

// col is the place of a head; it fails the test when there is none.
func (s sheet) col(t testing.TB, head string) int {
	t.Helper()
	for i, h := range s.heads {
		if h == head {
			return i
		}
	}
	t.Fatalf("no column %q among %q", head, s.heads)
	return 0
}

// csvOf reads one table of a page as CSV; the last line is the foot when footed.
func (h *house) csvOf(login, path, table string, footed bool) sheet {
	h.t.Helper()
	text := strings.TrimPrefix(h.page(login, with(path, "as", "csv", "table", table)), "\ufeff")
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	h.must(err)
	s := sheet{heads: lines[0], rows: lines[1:]}
	if footed {
		s.foot, s.rows = s.rows[len(s.rows)-1], s.rows[:len(s.rows)-1]
	}
	return s
}

func with(path string, more ...string) string {
	u, err := url.Parse(path)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// excelOf reads the sheets of a page's Excel file by name. Lines above the head are returned too.
func (h *house) excelOf(login, path string) (names []string, sheets map[string]sheet, above map[string][]string) {
	h.t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader([]byte(h.page(login, with(path, "as", "xlsx")))))
	h.must(err)
	defer book.Close()
	sheets, above = map[string]sheet{}, map[string][]string{}
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
		h.must(err)
		at := 0
		for at < len(rows) && len(rows[at]) > 0 {
			above[name] = append(above[name], rows[at][0])
			at++
		}
		s := sheet{heads: rows[at+1]}
		for _, r := range rows[at+2:] {
			s.rows = append(s.rows, append(r, make([]string, len(s.heads)-len(r))...))
		}
		names, sheets[name] = append(names, name), s
	}
	return names, sheets, above
}

// htmlOf reads the tables of a page by caption. Of each cell only what stands before its note.
func htmlOf(t testing.TB, page string) map[string]sheet {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]sheet{}
	for table := range elements(doc, "table") {
		var s sheet
		caption := ""
		for c := range elements(table, "caption") {
			caption = textOf(c)
		}
		for part := range table.ChildNodes() {
			for tr := range elements(part, "tr") {
				var cells []string
				for c := range tr.ChildNodes() {
					if c.Type == html.ElementNode {
						cells = append(cells, textOf(c))
					}
				}
				switch part.Data {
				case "thead":
					s.heads = cells
				case "tbody":
					s.rows = append(s.rows, cells)
				case "tfoot":
					s.foot = cells
				}
			}
		}
		out[caption] = s
	}
	return out
}

func elements(n *html.Node, name string) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == name && !yield(d) {
				return
			}
		}
	}
}

// textOf is the text of an element without its note, with single spaces.
func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "class" && a.Val == "note" {
				return
			}
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Data == "br" {
			b.WriteByte(' ')
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// asShown writes a value of a CSV file as the page does.
func asShown(v string) string {
	digits := strings.TrimPrefix(v, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return v
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	if v != digits {
		return "−" + b.String()
	}
	return b.String()
}

// screens are the pages with their tables: the name in addresses, the caption, whether a row of
// sums ends it.
func (h *house) screens() []struct {
	path, id, title string
	footed          bool
} {
	school := "/steer/facilities/" + h.code["TH-CATVANG"].ID.String()
	type s = struct {
		path, id, title string
		footed          bool
	}
	return []s{
		{"/steer", "can-goi", "Cơ sở nên gọi trước", true},
		{"/steer", "thang", "Từng tháng", false},
		{"/steer?part=y&year=2024", "nganh", "Theo ngành", true},
		{"/steer?part=q4&year=2026", "loai", "Theo loại cơ sở", true},
		{"/steer/facilities?part=s&year=2025", "co-so", "Cơ sở", true},
		{"/steer/facilities?part=m11&year=2026&fee=" + h.fee["NUOC-UONG"].ID.String(), "co-so", "Cơ sở", true},
		{"/steer/areas?part=m11&year=2024", "dia-ban", "Theo địa bàn", true},
		{"/steer/areas", "co-quan", "Theo cơ quan quản lý", true},
		{"/steer/fees?part=y&year=2026", "khoan-thu", "Theo khoản thu", true},
		{"/steer/months?part=y&year=2024", "thang", "Từng tháng", true},
		{school, "thang", "Từng tháng, theo cách trả", true},
		{school, "khoan-thu", "Theo khoản thu và cách trả", true},
		{school, "cach-tra", "Bốn cách trả không dùng tiền mặt", false},
		{school + "/receipts?part=y&year=2026", "bien-lai", "Biên lai", true},
		{school + "/receipts?fee=" + h.fee["NUOC-UONG"].ID.String(), "bien-lai", "Biên lai", true},
		{school + "/bills?set=open", "phieu", "Phiếu thu", true},
		{school + "/bills?set=cancelled&part=y&year=2026", "phieu", "Phiếu thu", true},
		{"/steer/definitions", "muc-tieu", "Mục tiêu đang dùng", false},
		{"/steer/definitions?facility=BV-TINH&check=1&part=m11&year=2026", "tinh-lai", "Tính lại tháng 11/2026", false},
	}
}

// Every table says the same on the page, in the Excel file and in the CSV file, sums included;
// the Excel file says of what, of which days and when it was made.
func TestExportEqualsScreen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.history(12)
		for _, s := range h.screens() {
			t.Run(s.path+" "+s.id, func(t *testing.T) {
				h.t = t
				shown, ok := htmlOf(t, h.page("so.khcn", s.path))[s.title]
				if !ok {
					t.Fatalf("no table %q on the page", s.title)
				}
				file := h.csvOf("so.khcn", s.path, s.id, s.footed)
				sameAsScreen(t, h, shown, file)
				names, sheets, above := h.excelOf("so.khcn", s.path)
				var book *sheet
				for _, n := range names {
					if lines := above[n]; len(lines) > 1 && lines[1] == s.title {
						found := sheets[n]
						book = &found
						if last := lines[len(lines)-1]; last != "Lập lúc 19:02 22/11/2026 từ sổ của Sen" || lines[0] == "" || len(lines) < 4 {
							t.Errorf("above the table: %q", lines)
						}
					}
				}
				if book == nil {
					t.Fatalf("no sheet %q among %q", s.title, names)
				}
				sameAsCSV(t, file, *book, s.footed)
			})
		}
	})
}

func sameAsScreen(t *testing.T, h *house, shown, file sheet) {
	t.Helper()
	if len(shown.rows) != len(file.rows) || len(shown.rows) == 0 {
		t.Fatalf("%d rows on the page, %d in the file", len(shown.rows), len(file.rows))
	}
	for i, head := range shown.heads {
		at := file.col(t, head)
		for r := range shown.rows {
			sameCell(t, h, head, shown.rows[r][i], file.rows[r][at])
		}
		if file.foot != nil && shown.foot[i] != "" {
			sameCell(t, h, head, shown.foot[i], file.foot[at])
		}
	}
}

func sameCell(t *testing.T, h *house, head, onPage, inFile string) {
	t.Helper()
	want := strings.TrimSuffix(onPage, " ₫")
	switch got := asShown(inFile); {
	case got == want, want == "—" && got == "Không tính vào mẫu số":
	case head == "Cơ sở" && h.shortOf(got) == want, head == "Cơ quan" && strings.Replace(got, "Ủy ban nhân dân", "UBND", 1) == want:
	case head == "Gọi cho" && strings.HasSuffix(got, want):
	case head == "Cấp lúc" && strings.Join([]string{got[11:], got[:10]}, ", ") == strings.Repeat("0", 5-strings.Index(want, ","))+want:
	default:
		t.Errorf("%s: %q on the page, %q in the file", head, onPage, inFile)
	}
}

func (h *house) shortOf(name string) string {
	for _, f := range h.byID {
		if f.Name == name {
			return f.ShortName
		}
	}
	return ""
}

// sameAsCSV compares an Excel sheet, whose sums are formulas with their values, with the CSV file.
func sameAsCSV(t *testing.T, file, book sheet, footed bool) {
	t.Helper()
	lines := file.rows
	if footed {
		lines = append(lines[:len(lines):len(lines)], file.foot)
	}
	if fmt.Sprint(file.heads) != fmt.Sprint(book.heads) || len(lines) != len(book.rows) {
		t.Fatalf("heads %q and %q, %d and %d rows", file.heads, book.heads, len(lines), len(book.rows))
	}
	for r, line := range lines {
		for i, want := range line {
			got := book.rows[r][i]
			if strings.HasSuffix(want, "%") && got != "" && got != want {
				var share, percent float64
				if _, err := fmt.Sscan(got, &share); err != nil {
					t.Errorf("row %d, %s: %q is no share", r, file.heads[i], got)
				}
				_, _ = fmt.Sscan(strings.Replace(strings.TrimSuffix(want, "%"), ",", ".", 1), &percent)
				if diff := share*100 - percent; diff > .1 || diff < -.1 {
					t.Errorf("row %d, %s: %q in Excel, %q in CSV", r, file.heads[i], got, want)
				}
				continue
			}
			if strings.Contains(want, "/20") && !strings.Contains(want, " ") && len(want) == 10 || strings.Contains(want, ":") {
				continue // a date is a number of days in Excel; package doc proves those
			}
			lastOfSum := footed && r == len(lines)-1 && got == "" && strings.HasSuffix(want, "%") // a sum of shares is none
			if got != want && !lastOfSum && !(got == "" && footed && r == len(lines)-1 && strings.Contains(want, "mẫu số")) {
				t.Errorf("row %d, %s: %q in Excel, %q in CSV", r, file.heads[i], got, want)
			}
		}
	}
}
