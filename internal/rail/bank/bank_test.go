package bank

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestEveryRowIsTaken(t *testing.T) {
	lines := strings.Count(strings.TrimSpace(banksCSV), "\n")
	deprecated := strings.Count(banksCSV, ",deprecated,")
	if got := len(All()); got != lines-deprecated || deprecated != 3 {
		t.Errorf("%d banks from %d rows, %d of them deprecated", got, lines, deprecated)
	}
	bin, code := regexp.MustCompile(`^\d{6}$`), regexp.MustCompile(`^[A-Z0-9]+$`)
	seen := map[string]bool{}
	for _, b := range All() {
		if !bin.MatchString(b.BIN) || !code.MatchString(b.Code) || b.ShortName == "" || b.Name == "" || seen[b.BIN] || seen[b.Code] {
			t.Errorf("row %+v", b)
		}
		seen[b.BIN], seen[b.Code] = true, true
		if b.Unverified == b.CanReceive {
			t.Errorf("%s: unverified %v but can receive %v", b.Code, b.Unverified, b.CanReceive)
		}
		if got, ok := ByBIN(b.BIN); !ok || got.Code != b.Code {
			t.Errorf("ByBIN(%s) = %+v", b.BIN, got)
		}
		if got, ok := ByCode(strings.ToLower(b.Code)); !ok || got.BIN != b.BIN {
			t.Errorf("ByCode(%s) = %+v", b.Code, got)
		}
		if got, ok := ByName(b.ShortName); !ok || got.BIN != b.BIN {
			t.Errorf("ByName(%s) = %+v", b.ShortName, got)
		}
	}
}

func TestEveryLinkRowBelongsToABank(t *testing.T) {
	apps := 0
	for _, r := range rows(vietqrCSV) {
		if _, ok := ByBIN(r[0]); !ok {
			t.Errorf("%v: no such bank", r)
		}
		if r[3] != "" {
			apps++
		}
	}
	if len(Apps()) != apps || apps < 30 {
		t.Errorf("%d applications from %d rows", len(Apps()), apps)
	}
}

func TestRenamedBanks(t *testing.T) {
	for bin, want := range map[string]string{"970406": "VIKKI", "970414": "MBV", "970449": "LPB"} {
		b, ok := ByBIN(bin)
		if !ok || b.Code != want || len(b.Former) == 0 {
			t.Errorf("ByBIN(%s) = %+v", bin, b)
		}
	}
	for _, old := range []string{"Đông Á", "dong a", "DongA Bank"} {
		if got := Search(old); len(got) == 0 || got[0].Code != "VIKKI" {
			t.Errorf("Search(%s) = %+v", old, got)
		}
	}
	if b, _ := ByCode("OCEANBANK"); b.Code != "MBV" {
		t.Errorf("OCEANBANK is %+v", b)
	}
}

func TestUnknown(t *testing.T) {
	for _, s := range []string{"", "97043", "9704366", "000000", "970436 "} {
		if b, ok := ByBIN(s); ok {
			t.Errorf("ByBIN(%q) = %+v", s, b)
		}
	}
	if b, ok := ByCode("NO"); ok {
		t.Errorf("ByCode(NO) = %+v", b)
	}
	for _, s := range []string{"", "Ngân hàng", "!!!"} {
		if b, ok := ByName(s); ok {
			t.Errorf("ByName(%q) = %+v", s, b)
		}
	}
	if got := Search("không có ngân hàng này"); len(got) != 0 {
		t.Errorf("found %+v", got)
	}
}

// The brands as aggregators write them.
func TestByName(t *testing.T) {
	for name, bin := range map[string]string{
		"Vietcombank": "970436", "VPBank": "970432", "ACB": "970416", "Sacombank": "970403", "HDBank": "970437",
		"VietinBank": "970415", "Techcombank": "970407", "MBBank": "970422", "MB": "970422", "BIDV": "970418", "MSB": "970426",
		"ShinhanBank": "970424", "TPBank": "970423", "Eximbank": "970431", "VIB": "970441", "Agribank": "970405",
		"PublicBank": "970439", "KienLongBank": "970452", "OCB": "970448", "ABBANK": "970425", "NCB": "970419",
		"BVBank": "970454", "BaoViet Bank": "970438", "VPB": "970432", "mb  bank": "970422", "LienVietPostBank": "970449",
		"Ngân hàng TMCP Ngoại Thương Việt Nam": "970436", "ngan hang tmcp quan doi": "970422",
	} {
		if b, ok := ByName(name); !ok || b.BIN != bin {
			t.Errorf("ByName(%s) = %s %s, want %s", name, b.BIN, b.ShortName, bin)
		}
	}
	// BVB is Bản Việt in the list and Bảo Việt in VietQR's: the list's own code wins.
	if b, _ := ByCode("BVB"); b.BIN != "970454" {
		t.Errorf("BVB is %s", b.ShortName)
	}
	if b, _ := ByCode("ICB"); b.BIN != "970415" {
		t.Errorf("ICB is %s", b.ShortName)
	}
	if b, _ := ByCode("BFTVVNVX"); b.BIN != "970436" {
		t.Errorf("BFTVVNVX is %s", b.ShortName)
	}
}

func TestSearch(t *testing.T) {
	for q, want := range map[string]string{
		"vcb": "970436", "VIETCOM": "970436", "ngoại thương": "970436", "ngoai thuong": "970436",
		"970436": "970436", "quân đội": "970422", "mb bank": "970422", "acb": "970416", "nông nghiệp": "970405",
		"momo": "971025", "chính sách": "999888", "icb": "970415",
	} {
		if got := Search(q); len(got) == 0 || got[0].BIN != want {
			t.Errorf("Search(%s) = %+v, want %s first", q, got, want)
		}
	}
	if got := Search("vietin"); len(got) != 1 {
		t.Errorf("Search(vietin) finds %d", len(got))
	}
	if got := Search(" "); len(got) != len(All()) {
		t.Errorf("an empty text finds %d of %d", len(got), len(All()))
	}
}

func TestDeepLinks(t *testing.T) {
	links := DeepLinks(Target{BIN: "970415", Account: "22102025", Amount: 2000, Memo: "HPK7G3M9X077 LOP 3B", Name: "TRUONG A & B"})
	if len(links) != len(Apps()) {
		t.Fatalf("%d links", len(links))
	}
	want := "https://dl.vietqr.io/pay?app=ocb&ba=22102025@icb&am=2000&tn=HPK7G3M9X077%20LOP%203B&bn=TRUONG%20A%20%26%20B"
	if links[0].URL != want {
		t.Errorf("got  %s\nwant %s", links[0].URL, want)
	}
	filling := true
	for _, l := range links {
		if l.App.Fills && !filling {
			t.Error("an application that fills in stands behind one that does not")
		}
		filling = l.App.Fills
		u, err := url.Parse(l.URL)
		if err != nil || u.Host != "dl.vietqr.io" || u.Query().Get("ba") != "22102025@icb" || u.Query().Get("tn") != "HPK7G3M9X077 LOP 3B" {
			t.Errorf("link %s", l.URL)
		}
	}
	if u := DeepLinks(Target{BIN: "970436", Account: "1"})[0].URL; strings.Contains(u, "am=") || strings.Contains(u, "url=") {
		t.Errorf("empty parameters in %s", u)
	}
	for _, to := range []Target{{BIN: "000000", Account: "1"}, {BIN: "970436"}, {BIN: "970455", Account: "1"}} {
		if got := DeepLinks(to); got != nil {
			t.Errorf("links for %+v", to)
		}
	}
}

func TestAllIsACopy(t *testing.T) {
	All()[0].BIN = "x"
	Apps()[0].ID = "x"
	if All()[0].BIN == "x" || Apps()[0].ID == "x" {
		t.Error("a caller can change the table")
	}
}
