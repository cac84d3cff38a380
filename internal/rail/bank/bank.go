// Package bank is the table of Vietnamese banks and wallets that VietQR knows: their BIN, the
// names people search by, what their applications can do, and links that open them (P1).
//
// banks-vn.csv is the list of the reference with one correction: DongA Bank, which became
// Vikki Bank under the same BIN, is marked deprecated like the other renamed banks.
// vietqr-io.csv adds that service's own codes, brands and applications (sources at DeepLinks);
// the two banks renamed in 2025 are left out, because their new codes there are not known.
package bank

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"

	"github.com/sen-platform/sen/internal/vn"
)

// Bank is one bank, wallet or finance company under its present name.
type Bank struct {
	// BIN has six digits and is unique.
	BIN string
	// Code is the short code of the list, for example "VCB"; unique, upper case.
	Code string
	// ShortName is the brand people know, Name the legal name in Vietnamese.
	ShortName, Name string
	SWIFT           string
	// CanReceive: a VietQR code for this BIN can be paid.
	CanReceive bool
	// AppCanTransfer: its application can scan a VietQR code and pay it.
	AppCanTransfer bool
	// NameLookup: the holder of an account can be asked for before paying.
	NameLookup bool
	// Unverified: the row is general knowledge without a source; the three answers above are
	// then unknown and false. Check with the bank before use.
	Unverified bool
	// Former are names and codes it had before it was renamed.
	Former []string

	linkCode string   // its code in vietqr.io's links, "" when it has none without blanks
	folded   []string // what Search compares: code, brand, legal and former names
}

//go:embed banks-vn.csv
var banksCSV string

//go:embed vietqr-io.csv
var vietqrCSV string

type table struct {
	banks  []Bank
	byBIN  map[string]int
	byCode map[string]int
	byName map[string]int
	apps   []App
}

// load reads the two embedded lists once. A test proves that every row of them is taken.
var load = sync.OnceValue(func() *table {
	t := &table{byBIN: map[string]int{}, byCode: map[string]int{}, byName: map[string]int{}}
	var renamed [][]string
	for _, r := range rows(banksCSV) {
		if r[8] == "deprecated" {
			renamed = append(renamed, r)
			continue
		}
		t.byBIN[r[0]] = len(t.banks)
		t.banks = append(t.banks, Bank{
			BIN: r[0], Code: r[1], ShortName: r[2], Name: r[3], SWIFT: r[4],
			CanReceive: r[5] == "yes", AppCanTransfer: r[6] == "yes", NameLookup: r[7] == "yes",
			Unverified: r[8] == "unverified",
		})
	}
	for _, r := range renamed {
		if i, ok := t.byBIN[r[0]]; ok {
			t.banks[i].Former = append(t.banks[i].Former, r[1], r[2], r[3])
		}
	}
	aliases := map[string][]string{}
	for _, r := range rows(vietqrCSV) {
		i, ok := t.byBIN[r[0]]
		if !ok {
			continue
		}
		b := &t.banks[i]
		if !strings.Contains(r[1], " ") {
			b.linkCode = strings.ToLower(r[1])
		}
		aliases[b.BIN] = r[1:3]
		if r[3] != "" {
			t.apps = append(t.apps, App{ID: r[3], Name: r[4], Bank: b.ShortName, BIN: b.BIN, Fills: r[5] == "yes"})
		}
	}
	for i := range t.banks {
		b := &t.banks[i]
		t.byCode[b.Code] = i
		names := append([]string{b.Code, b.ShortName, b.Name}, b.Former...)
		for _, n := range append(names, aliases[b.BIN]...) {
			b.folded = append(b.folded, vn.Fold(n))
		}
	}
	t.nameAll(aliases)
	slices.SortStableFunc(t.apps, func(a, b App) int { return boolOrder(a.Fills, b.Fills) })
	return t
})

// nameAll fills byCode and byName. A bank's own code and brand win over another's former or
// foreign name. Names stand as they are written too: partners' usual spellings then need no
// folding.
func (t *table) nameAll(aliases map[string][]string) {
	add := func(m map[string]int, key string, i int) {
		if _, taken := m[key]; !taken && key != "" {
			m[key] = i
		}
	}
	name := func(i int, names ...string) {
		for _, n := range names {
			add(t.byName, n, i)
			add(t.byName, squeeze(n), i)
		}
	}
	for i, b := range t.banks {
		name(i, b.ShortName)
	}
	for i, b := range t.banks {
		name(i, b.Code)
	}
	for i, b := range t.banks {
		for _, n := range append(slices.Clone(aliases[b.BIN]), b.Former...) {
			add(t.byCode, strings.ToUpper(n), i)
			name(i, n)
		}
		add(t.byCode, b.SWIFT, i)
		name(i, b.Name)
	}
}

func boolOrder(a, b bool) int {
	switch {
	case a && !b:
		return -1
	case b && !a:
		return 1
	}
	return 0
}

// rows are the records below the heading.
func rows(text string) [][]string {
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) == 0 {
		return nil
	}
	return all[1:]
}

// squeeze folds a name and leaves only its letters and digits: "MB Bank" and "MBBank" agree.
func squeeze(s string) string { return strings.Join(vn.Tokens(s), "") }

// All are the banks by BIN. The slice is the caller's.
func All() []Bank { return slices.Clone(load().banks) }

// ByBIN is the bank with this six-digit BIN under its present name.
func ByBIN(bin string) (Bank, bool) { return load().at(load().byBIN, bin) }

// ByCode finds a bank by its code in upper or lower case: the list's ("VCB"), VietQR's ("ICB"),
// a former one ("OCEANBANK") or its SWIFT code.
func ByCode(code string) (Bank, bool) {
	return load().at(load().byCode, strings.ToUpper(strings.TrimSpace(code)))
}

// ByName finds the one bank that carries this brand, code or legal name, present or former,
// whatever its case, marks and spaces: partners write "MBBank", "MB Bank" or "mbbank".
func ByName(name string) (Bank, bool) {
	t := load()
	if b, ok := t.at(t.byName, name); ok {
		return b, true
	}
	return t.at(t.byName, squeeze(name))
}

func (t *table) at(index map[string]int, key string) (Bank, bool) {
	i, ok := index[key]
	if !ok {
		return Bank{}, false
	}
	return t.banks[i], true
}

// Search finds banks for a person who types: BIN, code, brand, legal or former name, without
// regard to case and marks. Whole matches come first, then beginnings, then beginnings of a
// word, then the rest; equals by brand. An empty text finds all.
func Search(text string) []Bank {
	q := vn.Fold(text)
	type hit struct {
		b    Bank
		rank int
	}
	var hits []hit
	for _, b := range load().banks {
		rank := 4
		if strings.HasPrefix(b.BIN, q) {
			rank = 1
		}
		for _, name := range b.folded {
			switch {
			case name == q:
				rank = min(rank, 0)
			case strings.HasPrefix(name, q):
				rank = min(rank, 1)
			case strings.Contains(name, " "+q):
				rank = min(rank, 2)
			case strings.Contains(name, q):
				rank = min(rank, 3)
			}
		}
		if rank < 4 {
			hits = append(hits, hit{b, rank})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(vn.Fold(a.b.ShortName), vn.Fold(b.b.ShortName))
	})
	found := make([]Bank, len(hits))
	for i, h := range hits {
		found[i] = h.b
	}
	return found
}
