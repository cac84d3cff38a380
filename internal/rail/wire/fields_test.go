package wire

import (
	"errors"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

func open(t *testing.T, text string) *Fields {
	t.Helper()
	v, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Read(v, "data.")
}

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		text string
		want vnd.Amount
		ok   bool
	}{
		{`0`, 0, true},
		{`-0`, 0, true},
		{`965000`, 965000, true},
		{`-5`, -5, true},
		{`999999999999999`, 999999999999999, true},
		{`-999999999999999`, -999999999999999, true},
		{`1000000000000000`, 0, false},
		{`-1000000000000000`, 0, false},
		{`99999999999999999999`, 0, false},
		{`965000.0`, 0, false},
		{`965000.5`, 0, false},
		{`1e6`, 0, false},
		{`1E6`, 0, false},
		{`"965000"`, 0, false},
		{`null`, 0, false},
		{`true`, 0, false},
		{`[1]`, 0, false},
		{`{}`, 0, false},
	} {
		f := open(t, `{"n":`+c.text+`}`)
		got := f.Amount("n")
		if (f.Err() == nil) != c.ok || got != c.want {
			t.Errorf("Amount(%s) = %d, %v", c.text, int64(got), f.Err())
		}
		if f.Err() != nil {
			var r *rail.Refusal
			if !errors.As(f.Err(), &r) || r.Where != "data.n" || !errors.Is(r, rail.ErrMalformed) || r.VI == "" {
				t.Errorf("%s: refusal %+v", c.text, r)
			}
		}
	}
	for _, text := range []string{`0`, `-0`, `-1`} {
		if f := open(t, `{"n":`+text+`}`); f.MoneyIn("n") > 0 || f.Err() == nil {
			t.Errorf("MoneyIn(%s) passes", text)
		}
	}
	if f := open(t, `{}`); f.Amount("n") != 0 || f.Err() == nil {
		t.Error("an absent amount passes")
	}
}

func TestText(t *testing.T) {
	f := open(t, `{"nfd":"ho\u0323c phi\u0301","nul":"a\u0000b","blank":" a \t b\n","none":null,"n":123,"a":[1],"f":1.5}`)
	for key, want := range map[string]string{"nfd": "học phí", "nul": "ab", "blank": "a b", "none": "", "absent": "", "n": "123"} {
		if got := f.Text(key); got != want || f.Err() != nil {
			t.Errorf("Text(%s) = %q, %v; want %q", key, got, f.Err(), want)
		}
	}
	for _, key := range []string{"a", "f"} {
		f := open(t, `{"a":[1],"f":1.5}`)
		if f.Text(key); f.Err() == nil {
			t.Errorf("Text(%s) passes", key)
		}
	}
}

func TestIDAndAccount(t *testing.T) {
	f := open(t, `{"n":92704,"s":"0092704","z":"000","acc":"0011 0012 34567","va":"","va2":"96247HP"}`)
	if got := []string{f.ID("n"), f.ID("s"), f.ID("z")}; got[0] != "92704" || got[1] != "92704" || got[2] != "0" {
		t.Errorf("ids %q", got)
	}
	if got := f.NeedAccount("acc"); got != "0011001234567" {
		t.Errorf("account %q", got)
	}
	if got := f.Account("va", "va2"); got != "96247HP" || f.Err() != nil {
		t.Errorf("account %q, %v", got, f.Err())
	}
	for _, text := range []string{`null`, `""`, `-1`, `1.0`, `1e3`, `"12a"`, `"１２"`, `true`} {
		if f := open(t, `{"n":`+text+`}`); f.ID("n") != "" || f.Err() == nil {
			t.Errorf("ID(%s) passes", text)
		}
	}
	if f := open(t, `{}`); f.NeedAccount("acc") != "" || f.Err() == nil {
		t.Error("an absent account passes")
	}
}

func TestTimeIsVietNams(t *testing.T) {
	want := time.Date(2026, 11, 22, 3, 19, 15, 0, time.UTC)
	for _, s := range []string{"2026-11-22 10:19:15", "2026-11-22T10:19:15", "2026-11-22T10:19:15+07:00", "2026-11-22T03:19:15Z"} {
		f := open(t, `{"t":"`+s+`"}`)
		if got := f.Time("t"); !got.Equal(want) || got.Location() != time.UTC || f.Err() != nil {
			t.Errorf("Time(%s) = %v, %v", s, got, f.Err())
		}
	}
	for _, s := range []string{"", "2026-11-22", "22/11/2026 10:19:15", "2026-02-30 10:19:15", "1900-01-01 00:00:00", "0000-00-00 00:00:00", "2026-11-22 25:00:00"} {
		f := open(t, `{"t":"`+s+`"}`)
		if f.Time("t"); f.Err() == nil {
			t.Errorf("Time(%q) passes", s)
		}
	}
}

func TestFirstComplaintStays(t *testing.T) {
	f := open(t, `{}`)
	f.NeedAccount("account")
	f.Amount("amount")
	var r *rail.Refusal
	if !errors.As(f.Err(), &r) || r.Where != "data.account" {
		t.Errorf("got %v", f.Err())
	}
	if f := Read(Value{Kind: Array}, "data."); f.Err() == nil {
		t.Error("an array opened as an object")
	}
}
