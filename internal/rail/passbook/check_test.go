package passbook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func dec(tb testing.TB, s string) Decimal {
	tb.Helper()
	d, err := ParseDecimal(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func bal(tb testing.TB, code, amount string) *Balance {
	return &Balance{Code: code, Amount: dec(tb, amount), Currency: "VND"}
}

// lines makes booked lines of signed amounts; "+5" is in, "-5" is out, a third field is the
// running balance.
func lines(tb testing.TB, specs ...string) []Line {
	var out []Line
	for i, s := range specs {
		amount, running, has := strings.Cut(s, "=")
		l := Line{Sign: In, Status: Booked, Currency: "VND", BookedOn: "2026-11-22", Place: Place{Line: i + 10}}
		if amount[0] == '-' {
			l.Sign = Out
		}
		l.Amount = dec(tb, amount[1:])
		if has {
			d := dec(tb, running)
			l.Running = &d
		}
		out = append(out, l)
	}
	return out
}

// found is what a test compares of problems.
func found(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Code+" "+p.Severity.String()+" "+p.Difference)
	}
	return out
}

func TestCheckBalance(t *testing.T) {
	for _, c := range []struct {
		name             string
		kind             string
		opening, closing string
		lines            []string
		pending          []string // statuses by index, "" booked
		want             []string
	}{
		{"balances", "Stmt", "100", "130.5", []string{"+40.5", "-10"}, nil, nil},
		{"debit balances", "MT940", "-100", "-60", []string{"+40"}, nil, nil},
		{"a line is missing", "Stmt", "100", "130", []string{"+40"}, nil, []string{"balance keep_open -10"}},
		{"fractions are exact", "Stmt", "0.1", "0.3", []string{"+0.2"}, nil, nil},
		{"pending camt lines do not count", "Stmt", "100", "100", []string{"+40"}, []string{"pending"}, nil},
		{"expected MT lines that the bank has booked", "MT940", "100", "140", []string{"+40"}, []string{"pending"}, []string{"expected warning "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Statement{Kind: c.kind, Opening: bal(t, "60F", c.opening), Closing: bal(t, "62F", c.closing), Lines: lines(t, c.lines...)}
			for i, st := range c.pending {
				s.Lines[i].Status = Status(st)
			}
			if diff := cmp.Diff(c.want, found(CheckBalance(s))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if p := CheckBalance(&Statement{Lines: lines(t, "+1")}); p != nil {
		t.Errorf("no balances, yet %v", p)
	}
}

func TestCheckTotals(t *testing.T) {
	two, three := 2, 3
	sum := dec(t, "50")
	s := &Statement{Lines: lines(t, "+40", "+10", "-5")}
	s.Declared = Declared{Credits: &Count{N: &two, Sum: &sum}, All: &Count{N: &three}}
	if p := CheckTotals(s); p != nil {
		t.Errorf("right totals flagged: %v", found(p))
	}
	s.Declared = Declared{Credits: &Count{N: &three, Sum: &sum}, Debits: &Count{Sum: &sum}}
	want := []string{"totals keep_open 1", "totals keep_open 45"}
	if diff := cmp.Diff(want, found(CheckTotals(s))); diff != "" {
		t.Error(diff)
	}
}

func TestCheckBatches(t *testing.T) {
	l := lines(t, "+100")[0]
	sixty, forty, thirty := dec(t, "60"), dec(t, "40"), dec(t, "30")
	l.Parts = []Part{{Sign: In, Amount: &sixty}, {Sign: In, Amount: &forty}}
	l.BatchCount = 2
	s := &Statement{Lines: []Line{l}}
	if p := CheckBatches(s); p != nil {
		t.Errorf("right batch flagged: %v", found(p))
	}
	s.Lines[0].Parts[1].Amount = &thirty
	s.Lines[0].BatchCount = 3
	want := []string{"batch keep_open 1", "batch keep_open 10"}
	if diff := cmp.Diff(want, found(CheckBatches(s))); diff != "" {
		t.Error(diff)
	}
	s.Lines[0].Parts = nil // details come in another message
	if p := CheckBatches(s); p != nil {
		t.Errorf("a batch without details flagged: %v", found(p))
	}
}

func TestCheckRunning(t *testing.T) {
	for _, c := range []struct {
		name    string
		opening string
		lines   []string
		want    []string
		places  []string
	}{
		{"oldest first", "100", []string{"+40=140", "-10=130"}, nil, nil},
		{"newest first", "100", []string{"-10=130", "+40=140"}, nil, nil},
		{"no opening", "", []string{"+40=140", "-10=130"}, nil, nil},
		{"a row without balance is carried", "100", []string{"+40", "-10=130"}, nil, nil},
		{"missing row in the middle", "100", []string{"+40=140", "-10=180", "+1=181"}, []string{"running keep_open 50"}, []string{"dòng 11"}},
		{"missing row, newest first", "", []string{"+1=181", "-10=180", "+40=140"}, []string{"running keep_open 50"}, []string{"dòng 11"}},
		{"missing first row", "100", []string{"+40=240"}, []string{"running keep_open 100"}, []string{"dòng 10"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Statement{Kind: "Sheet", Lines: lines(t, c.lines...)}
			if c.opening != "" {
				s.Opening = bal(t, "opening", c.opening)
			}
			p := CheckRunning(s)
			if diff := cmp.Diff(c.want, found(p)); diff != "" {
				t.Error(diff)
			}
			for i, want := range c.places {
				if p[i].Place != want {
					t.Errorf("place = %q, want %q", p[i].Place, want)
				}
			}
		})
	}
	t.Run("closing shows a missing last row", func(t *testing.T) {
		s := &Statement{Kind: "Sheet", Closing: bal(t, "closing", "135"), Lines: lines(t, "+40=140", "-10=130")}
		if diff := cmp.Diff([]string{"running keep_open 5"}, found(CheckRunning(s))); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("wrong order of a statement that balances is a warning", func(t *testing.T) {
		s := &Statement{Kind: "Sheet", Opening: bal(t, "opening", "0"), Closing: bal(t, "closing", "6"), Lines: lines(t, "+1=1", "+3=6", "+2=3")}
		for _, p := range CheckRunning(s) {
			if p.Severity != Warning {
				t.Errorf("%+v", p)
			}
		}
	})
}

func TestCheckChain(t *testing.T) {
	s := &Statement{Opening: bal(t, "OPBD", "100"), Seq: 7}
	if p := CheckChain(Previous{Closing: dec(t, "100"), Seq: 6}, s); p != nil {
		t.Errorf("right chain flagged: %v", found(p))
	}
	want := []string{"chain keep_open 10", "chain warning 2"}
	if diff := cmp.Diff(want, found(CheckChain(Previous{Closing: dec(t, "90"), Seq: 4}, s))); diff != "" {
		t.Error(diff)
	}
}

// statements makes a chain of statements of one account from pairs of balances.
func statements(tb testing.TB, pairs ...[2]string) []Statement {
	var out []Statement
	for _, p := range pairs {
		out = append(out, Statement{Kind: "MT940", Account: "1", Opening: bal(tb, "60F", p[0]), Closing: bal(tb, "62F", p[1])})
	}
	return out
}

func TestChainsInsideAFile(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs [][2]string
		want  int
	}{
		{"forwards", [][2]string{{"1", "2"}, {"2", "3"}, {"3", "3"}}, 0},
		{"newest first", [][2]string{{"3", "4"}, {"2", "3"}}, 0},
		{"a page is missing", [][2]string{{"1", "2"}, {"5", "6"}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := statements(t, c.pairs...)
			checkChains(list)
			n := 0
			for i := range list {
				n += len(list[i].Problems)
			}
			if n != c.want {
				t.Errorf("%d problems, want %d", n, c.want)
			}
		})
	}
	other := append(statements(t, [2]string{"1", "2"}), statements(t, [2]string{"50", "60"})...)
	other[1].Account = "2"
	checkChains(other)
	if other[1].Problems != nil {
		t.Error("two accounts were chained")
	}
}

func TestKeys(t *testing.T) {
	mk := func() *File {
		a, b := lines(t, "+500000")[0], lines(t, "+500000")[0]
		a.Memo, b.Memo = "NOP HOC PHI", "nop  hoc phi" // a bank re-cases and re-wraps
		ref := lines(t, "+1")[0]
		ref.BankRef = "FT1"
		fee := lines(t, "-1")[0]
		fee.BankRef = "FT1"
		return &File{Statements: []Statement{
			{Account: "001 100 1", Lines: []Line{a, ref, fee}},
			{Account: "0011001", Lines: []Line{b}},
		}}
	}
	f, again := mk(), mk()
	AssignKeys(f)
	AssignKeys(again)
	seen := map[string]bool{}
	for i := range f.Statements {
		for j := range f.Statements[i].Lines {
			k := f.Statements[i].Lines[j].Key
			if k == "" || seen[k] {
				t.Errorf("line %d/%d: key %q is empty or not unique", i, j, k)
			}
			seen[k] = true
			if other := again.Statements[i].Lines[j].Key; other != k {
				t.Errorf("line %d/%d: keys %q and %q differ", i, j, k, other)
			}
		}
	}
}

// TestKeysOfOverlappingFiles: the same line in a shorter and a longer file has the same key.
func TestKeysOfOverlappingFiles(t *testing.T) {
	mk := func(amounts ...string) *File {
		f := &File{Statements: []Statement{{Account: "1", Lines: lines(t, amounts...)}}}
		AssignKeys(f)
		return f
	}
	short, long := mk("+5", "+5"), mk("+5", "+7", "+5", "+5")
	have := map[string]bool{}
	for _, l := range long.Statements[0].Lines {
		have[l.Key] = true
	}
	for _, l := range short.Statements[0].Lines {
		if !have[l.Key] {
			t.Errorf("key %s is not in the longer file", l.Key)
		}
	}
	if len(have) != 4 {
		t.Errorf("%d keys for 4 lines", len(have))
	}
}

func TestAccountNumber(t *testing.T) {
	for in, want := range map[string]string{
		"45050050/76198810":   "76198810",
		"BFTVVNVX/0011000001": "0011000001",
		"0123456789EUR":       "0123456789",
		"NL71RABO0123456789":  "NL71RABO0123456789",
		"001 100.0000-001":    "0011000000001",
		"1014365930":          "1014365930",
		"":                    "",
		"/":                   "/",
	} {
		if got := AccountNumber(in); got != want {
			t.Errorf("AccountNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	if got := Clean("\x01 Ho\u0323c\tphí\u200b\r\nlớp 3B \x03"); got != "Học phí  lớp 3B" {
		t.Errorf("%q", got)
	}
}

func TestDecodeTextKeepsDamagedFiles(t *testing.T) {
	for _, c := range []struct {
		in, want string
		repaired bool
	}{
		{"H\u1ecdc ph\u00ed", "Học phí", false},
		{"Stra\xdfe \x00 \xfcber", "Straße  über", true},
		{"Học phí \xff lớp", "Học phí ÿ lớp", true},
	} {
		got, repaired, err := DecodeText([]byte(c.in))
		if err != nil || got != c.want || repaired != c.repaired {
			t.Errorf("%q: %q, %v, %v", c.in, got, repaired, err)
		}
	}
	if _, _, err := DecodeText([]byte{0xff, 0xfe, 'a'}); err == nil {
		t.Error("half a UTF-16 character was read")
	}
}

func TestBanks(t *testing.T) {
	if b, ok := BankByBIC("bftvvnvx001"); !ok || b.BIN != "970436" {
		t.Errorf("%v %v", b, ok)
	}
	if _, ok := BankByBIC("BFTV"); ok {
		t.Error("half a BIC was known")
	}
	seen := map[string]bool{}
	for _, b := range Banks {
		if len(b.BIN) != 6 || len(b.BIC) != 8 || b.Name == "" || seen[b.Code] || seen[b.BIN] {
			t.Errorf("%+v", b)
		}
		seen[b.Code], seen[b.BIN] = true, true
	}
}

func TestPlaceAndError(t *testing.T) {
	if got := (Place{Line: 12, Path: "ô E12"}).String(); got != "dòng 12, ô E12" {
		t.Error(got)
	}
	err := Errorf(Malformed, "Tệp hỏng.").At("dòng %d", 3)
	if err.Error() != "dòng 3: Tệp hỏng." {
		t.Error(err)
	}
}
