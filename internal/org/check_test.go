package org

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

func TestValidTaxCode(t *testing.T) {
	for _, tc := range []struct {
		code string
		want bool
	}{
		{"0101248141", true},
		{"0300588569", true},
		{"0101248141-001", true},
		{"0101248142", false},     // wrong check digit
		{"0101248411", false},     // digits swapped
		{"010124814", false},      // 9 digits
		{"01012481410", false},    // 11 digits
		{"0101248141001", false},  // 13 digits without the dash are not the stored form
		{"0101248141-01", false},  // dependent unit too short
		{"0101248141-00A", false}, // letter
		{"", false},
		{"０１０１２４８１４１", false}, // full-width digits
	} {
		if got := ValidTaxCode(tc.code); got != tc.want {
			t.Errorf("ValidTaxCode(%q) = %v, want %v", tc.code, got, tc.want)
		}
	}
	if got := cleanTaxCode("0101 248 141 001"); got != "0101248141-001" {
		t.Errorf("cleaned 13 digits: %q", got)
	}
}

// Any single wrong digit among the first ten is found, because every weight is prime to 11.
func TestTaxCodeFindsSingleErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := rapid.SampledFrom([]string{"0101248141", "0300588569"}).Draw(t, "code")
		i := rapid.IntRange(0, 9).Draw(t, "i")
		d := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		if d == good[i] {
			return
		}
		if bad := good[:i] + string(d) + good[i+1:]; ValidTaxCode(bad) {
			t.Fatalf("%s passes beside %s", bad, good)
		}
	})
}

// fields are the fields that problems are about.
func fields(list []Problem) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Field
	}
	return strings.Join(names, " ")
}

func goodFacility() Facility {
	return Facility{
		Code: "th-a", Name: "  Trường   Tiểu học A ", Sector: Education, Level: TieuHoc, TaxCode: "0101248141001", Phone: "+84 912 345 678",
		Status: Active, OpenedOn: "1975-09-05", PartPayment: NoParts, CodePrefix: "HP", Collects: true,
		Codes: map[CodeScheme]string{SchemeBudget: "1 234 567", SchemeCSKCB: " "},
	}
}

func TestCheckFacilityCleans(t *testing.T) {
	f := goodFacility()
	if p := checkFacility(&f); len(p) > 0 {
		t.Fatalf("a good facility has problems: %v", p)
	}
	if f.Code != "TH-A" || f.Name != "Trường Tiểu học A" || f.TaxCode != "0101248141-001" || f.Phone != "0912345678" || f.ShortName != f.Name {
		t.Errorf("not cleaned: %+v", f)
	}
	if len(f.Codes) != 1 || f.Codes[SchemeBudget] != "1234567" {
		t.Errorf("codes: %v", f.Codes)
	}
}

func TestCheckRefuses(t *testing.T) {
	neg := vnd.Amount(-1)
	account := Account{BankBIN: "970436", Number: "0011-0022", Holder: "TRUONG A", Status: AccountActive, ValidFrom: "2024-01-01"}
	for _, tc := range []struct {
		name string
		got  []Problem
		want string
	}{
		{"facility without anything", checkFacility(&Facility{}), "code name sector status opened_on part_payment code_prefix"},
		{"level of the other sector", with(goodFacility(), checkFacility, func(f *Facility) { f.Level = TramYTe }), "level"},
		{"tax code", with(goodFacility(), checkFacility, func(f *Facility) { f.TaxCode = "0101248142" }), "tax_code"},
		{"phone", with(goodFacility(), checkFacility, func(f *Facility) { f.Phone = "12345" }), "phone"},
		{"closed without a day", with(goodFacility(), checkFacility, func(f *Facility) { f.Status = Closed }), "closed_on"},
		{"a day without closing", with(goodFacility(), checkFacility, func(f *Facility) { f.ClosedOn = "2025-01-01" }), "status"},
		{"closed before opened", with(goodFacility(), checkFacility, func(f *Facility) { f.Status, f.ClosedOn = Closed, "1970-01-01" }), "closed_on"},
		{"a day that is none", with(goodFacility(), checkFacility, func(f *Facility) { f.OpenedOn = "2025-02-30" }), "opened_on"},
		{"negative size", with(goodFacility(), checkFacility, func(f *Facility) { f.Size = -1 }), "size"},
		{"insurance code of four digits", with(goodFacility(), checkFacility, func(f *Facility) { f.Codes[SchemeCSKCB] = "0123" }), "cskcb"},
		{"unknown register", with(goodFacility(), checkFacility, func(f *Facility) { f.Codes["x"] = "1" }), "x"},
		{"account without anything", checkAccount(&Account{}, nil), "bank_bin number holder status valid_from"},
		{"BIN of five digits", with(account, checkAcc, func(a *Account) { a.BankBIN = "97043" }), "bank_bin"},
		{"bank not in the list", with(account, checkAcc, func(a *Account) { a.BankBIN = "999999" }), "bank_bin"},
		{"account number too long", with(account, checkAcc, func(a *Account) { a.Number = strings.Repeat("1", 20) }), "number"},
		{"account number with marks", with(account, checkAcc, func(a *Account) { a.Number = "SỐ1" }), "number"},
		{"virtual numbers no longer than their prefix", with(account, checkAcc, func(a *Account) { a.VAPrefix, a.VALength = "99", 2 }), "va_length"},
		{"length without prefix", with(account, checkAcc, func(a *Account) { a.VALength = 10 }), "va_prefix"},
		{"validity that ends before it begins", with(account, checkAcc, func(a *Account) { a.ValidTo = "2023-01-01" }), "valid_to"},
		{"closed default", with(account, checkAcc, func(a *Account) { a.IsDefault, a.Status = true, AccountClosed }), "is_default"},
		{"contact without anything", checkContact(&Contact{}), "name role phone"},
		{"contact's mail", checkContact(&Contact{Name: "A", Role: "B", Phone: "0912345678", Email: "A <a@b.vn>"}), "email"},
		{"fee kind without legal basis", checkFeeKind(&FeeKind{Code: "A", Name: "A", Sector: Both, ValidFrom: "2024-01-01"}), "legal_basis"},
		{"negative ceiling", checkFeeKind(&FeeKind{Code: "A", Name: "A", Sector: Both, Voluntary: true, Ceiling: &neg, ValidFrom: "2024-01-01"}), "ceiling"},
		{"method without anything", checkMethod(&MethodState{}), "method status since"},
		{"area without anything", checkArea(&Area{}), "code name level valid_from"},
		{"agency without anything", checkAgency(&Agency{}), "code name kind valid_from"},
	} {
		if got := fields(tc.got); got != tc.want {
			t.Errorf("%s: problems with %q, want %q\n%v", tc.name, got, tc.want, tc.got)
		}
		for _, p := range tc.got {
			if p.Reason == "" || p.Remedy == "" || p.Label == "" {
				t.Errorf("%s: a problem does not say what, why and what to do: %+v", tc.name, p)
			}
		}
	}
}

func checkAcc(a *Account) []Problem {
	return checkAccount(a, func(bin string) bool { return bin == "970436" })
}

// with checks v after change.
func with[T any](v T, check func(*T) []Problem, change func(*T)) []Problem {
	change(&v)
	return check(&v)
}

func TestShortLinesAreKept(t *testing.T) {
	for in, want := range map[string]string{"115": "115", "1900 9095": "19009095", "1800.1234": "18001234"} {
		f := goodFacility()
		f.Phone = in
		if p := checkFacility(&f); len(p) > 0 || f.Phone != want {
			t.Errorf("phone %q: %q, problems %v; want %q", in, f.Phone, p, want)
		}
	}
}

func TestCanBill(t *testing.T) {
	const on = clock.Date("2026-09-05")
	base := goodFacility()
	for _, tc := range []struct {
		name   string
		change func(*Facility)
		says   string // "" = may bill
	}{
		{"active", func(*Facility) {}, ""},
		{"paused", func(f *Facility) { f.Status = Paused }, "tạm dừng"},
		{"closed", func(f *Facility) { f.Status, f.ClosedOn = Closed, on }, "đã đóng từ ngày 05/09/2026"},
		{"closes tomorrow", func(f *Facility) { f.ClosedOn = "2026-09-06" }, ""},
		{"closed without a day", func(f *Facility) { f.Status = Closed }, "đã đóng"},
		{"not yet open", func(f *Facility) { f.OpenedOn = "2026-09-06" }, "bắt đầu hoạt động từ ngày 06/09/2026"},
		{"collects nothing", func(f *Facility) { f.Collects = false }, "không thu khoản nào"},
	} {
		f := base
		tc.change(&f)
		err := f.CanBill(on)
		if (err == nil) != (tc.says == "") || (err != nil && !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.says)
		}
		var why *CanBillError
		if err != nil && !errors.As(err, &why) {
			t.Errorf("%s: %T is no *CanBillError", tc.name, err)
		}
	}
}

func TestLevels(t *testing.T) {
	for s, n := range map[Sector]int{Education: 9, Health: 6, Both: 15} {
		if got := len(Levels(s)); got != n {
			t.Errorf("%s has %d levels, want %d", s, got, n)
		}
	}
	if DaiHoc.Sector() != Education || BenhVienTinh.Sector() != Health || Level("x").Sector() != "" {
		t.Error("levels are in the wrong sector")
	}
	if len(Methods()) != 4 || Methods()[0] != MethodQR {
		t.Errorf("methods: %v", Methods())
	}
}
