package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
	railbank "github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/sandbox/bank"
)

// charge is one fee kind a payee charges: about amount, to so many of a hundred people.
type charge struct {
	kind   string
	amount vnd.Amount // highest; the lowest is low
	low    vnd.Amount
	of     int
}

// plan is how one facility of the sample bills.
type plan struct {
	facility string
	stream   string // the aggregator that reports its credits
	classes  []string
	birth    int
	people   int // billed each month
	charges  []charge
	halves   bool // the round is divided into two instalments
	single   bool // bills come one by one, as at a hospital, and not in rounds
	prefix   string
}

func classes(grades string, letters string) []string {
	var out []string
	for _, g := range strings.Fields(grades) {
		for _, l := range letters {
			out = append(out, g+string(l))
		}
	}
	return out
}

// plans are the facilities that bill in the demonstration.
func plans() []plan {
	meals := charge{"BAN-TRU", 780_000, 600_000, 90}
	care := charge{"CS-BAN-TRU", 200_000, 200_000, 90}
	water := charge{"NUOC-UONG", 15_000, 15_000, 100}
	skills := charge{"KY-NANG-SONG", 120_000, 120_000, 60}
	outing := charge{"TRAI-NGHIEM", 250_000, 150_000, 50}
	visit := charge{"KHAM-BENH", 150_000, 38_000, 100}
	tests := charge{"DV-KY-THUAT", 1_900_000, 120_000, 80}
	drugs := charge{"THUOC-VAT-TU", 850_000, 45_000, 75}
	bed := charge{"GIUONG-BENH", 1_600_000, 250_000, 20}
	primary := classes("1 2 3 4 5", "AB")
	return []plan{
		{facility: sample.CatVang, stream: "sepay", classes: primary, birth: 2020, people: 60, charges: []charge{meals, care, water, skills}, prefix: "CV"},
		{facility: "TH-BENLAM", stream: "casso", classes: primary, birth: 2020, people: 50, charges: []charge{meals, care, water}, prefix: "BL"},
		{facility: "MN-HOAGAO", stream: "sepay", classes: []string{"Mầm 1", "Mầm 2", "Chồi 1", "Chồi 2", "Lá 1", "Lá 2"}, birth: 2023, people: 45, charges: []charge{meals, care, water}, prefix: "HG"},
		{facility: "MN-CHIMNON", stream: "casso", classes: []string{"Mầm", "Chồi", "Lá"}, birth: 2023, people: 24, charges: []charge{{"HP-NGOAICL", 2_600_000, 2_200_000, 100}, meals}, prefix: "CN"},
		{facility: "THCS-DOTRANG", stream: "sepay", classes: classes("6 7 8 9", "AB"), birth: 2015, people: 45, charges: []charge{skills, outing, water}, prefix: "DT"},
		{facility: "THPT-GOKHE", stream: "payos", classes: classes("10 11 12", "AB"), birth: 2011, people: 45, charges: []charge{outing, water, {"LE-PHI-THI", 120_000, 60_000, 40}}, prefix: "GK"},
		{facility: "LC-SENVANG", stream: "casso", classes: classes("1 6 10", "A"), birth: 2016, people: 30, charges: []charge{{"HP-NGOAICL", 3_400_000, 2_900_000, 100}, meals, {"XE-DUA-DON", 1_100_000, 800_000, 40}}, prefix: "SV"},
		{facility: "GDTX-TINH", stream: "sepay", classes: classes("10 11 12", "A"), birth: 2010, people: 24, charges: []charge{{"HP-GDTX", 620_000, 620_000, 100}}, prefix: "TX"},
		{facility: sample.University, stream: "payos", classes: []string{"CNTT K15", "Kế toán K15", "Sư phạm K16", "Điều dưỡng K16"}, birth: 2007, people: 40, charges: []charge{{"HP-DAIHOC", 8_900_000, 7_200_000, 100}, {"KY-TUC-XA", 1_500_000, 1_200_000, 35}}, halves: true, prefix: "DH"},
		{facility: sample.Hospital, stream: "sepay", classes: []string{"Khoa Nội", "Khoa Ngoại", "Khoa Nhi", "Khoa Sản", "Khoa Khám bệnh"}, birth: 1990, people: 70, charges: []charge{visit, tests, drugs, bed}, single: true, prefix: "BN"},
		{facility: "BV-BENSAY", stream: "payos", classes: []string{"Khoa Nội", "Khoa Nhi", "Khoa Khám bệnh"}, birth: 1985, people: 40, charges: []charge{visit, tests, drugs}, single: true, prefix: "BS"},
		{facility: "TTYT-MOCKHE", stream: "casso", classes: []string{"Khoa Khám bệnh"}, birth: 1988, people: 25, charges: []charge{visit, drugs}, single: true, prefix: "MK"},
		{facility: "PK-HOAMAI", stream: "sepay", birth: 1992, people: 20, charges: []charge{visit, tests}, single: true, prefix: "HM"},
	}
}

// payee is a plan with what the store knows of it.
type payee struct {
	plan
	org.Facility
	account org.Account
	kinds   map[string]org.FeeKind
	roster  []person
	number  int // of slips issued one by one
}

// bankAccount is the payee's account as the bank knows it.
func (p *payee) bankAccount() bank.Account {
	a := bank.Account{Number: p.account.Number, BIN: p.account.BankBIN, Holder: p.account.Holder}
	if b, ok := railbank.ByBIN(a.BIN); ok {
		a.Brand = b.ShortName
	}
	return a
}

// payees reads the plans' facilities, accounts and fee kinds.
func payees(ctx context.Context, a *app.App, r *rand.Rand) ([]*payee, error) {
	var out []*payee
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		out = nil
		kinds := map[string]org.FeeKind{}
		all, err := org.FeeKinds(tx, "", "")
		if err != nil {
			return err
		}
		for _, k := range all {
			kinds[k.Code] = k
		}
		for _, pl := range plans() {
			p := &payee{plan: pl, kinds: kinds}
			if p.Facility, err = org.FacilityByCode(tx, pl.facility); err != nil {
				return fmt.Errorf("demo: facility %s: %w", pl.facility, err)
			}
			if p.account, err = org.DefaultAccount(tx, p.Facility.ID, a.Collect.Today()); err != nil {
				return fmt.Errorf("demo: account of %s: %w", pl.facility, err)
			}
			for _, c := range pl.charges {
				if kinds[c.kind].ID == 0 {
					return fmt.Errorf("demo: fee kind %s: %w", c.kind, db.ErrNotFound)
				}
			}
			p.roster = roster(r, pl.prefix, pl.classes, pl.birth, pl.people)
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// lines are what one person is charged this time.
func (p *payee) lines(r *rand.Rand) []bill.Line {
	var out []bill.Line
	for i, c := range p.charges {
		if i > 0 && r.IntN(100) >= c.of {
			continue // the first charge everybody has: no bill is empty
		}
		amount := c.amount
		if c.low < c.amount {
			amount = c.low + vnd.Amount(r.Int64N(int64(c.amount-c.low)/1000+1))*1000
		}
		k := p.kinds[c.kind]
		out = append(out, bill.Line{FeeKind: k.ID, Name: k.Name, Quantity: 1, UnitPrice: amount, Amount: amount})
	}
	return out
}

// newBill is a bill of one person; round is zero for a slip of its own.
func (p *payee) newBill(r *rand.Rand, who person, round id.Round) bill.NewBill {
	return bill.NewBill{
		Facility: p.Facility.ID, Round: round, PayerName: who.payer, PayerPhone: who.phone, BeneficiaryName: who.name, BeneficiaryCode: who.code,
		Class: who.class, BirthYear: who.birth, Lines: p.lines(r),
	}
}
