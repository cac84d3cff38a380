package bill

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

// RoundState is how far a billing round is.
type RoundState string

// The states. A published round takes further imports and bills; a closed one none.
const (
	RoundDraft     RoundState = "draft"
	RoundPublished RoundState = "published"
	RoundClosed    RoundState = "closed"
)

// Label is the state in the words of the screens.
func (s RoundState) Label() string {
	switch s {
	case RoundDraft:
		return "Chưa phát hành"
	case RoundPublished:
		return "Đã phát hành"
	case RoundClosed:
		return "Đã đóng"
	}
	return string(s)
}

// Round is one bulk issue of bills (đợt thu).
type Round struct {
	ID       id.Round
	Facility id.Facility
	Name     string // e.g. "Đợt thu tháng 12/2026"; the reason of its bills
	Period   string // e.g. "tháng 12/2026"
	// DueOn, ExpiresOn, PartPayment, Account and Plan are what its bills start with.
	DueOn, ExpiresOn clock.Date
	State            RoundState
	PartPayment      org.PartPayment
	Account          id.Account
	Plan             []Share
	Previous         id.Round // the round it is compared with; 0 for the first
	CreatedAt        time.Time
	CreatedBy        id.User
	PublishedAt      time.Time // zero while nothing is published
}

// NewRound is a round to be made.
type NewRound struct {
	Facility         id.Facility
	Name, Period     string // empty Period: the name
	DueOn, ExpiresOn clock.Date
	PartPayment      org.PartPayment // "" for the facility's own rule
	Account          id.Account
	Plan             []Share
	Previous         id.Round // 0: the facility's round published last
	By               id.User
}

// CreateRound makes a draft round. Errors: *Invalid; db.ErrNotFound for an unknown facility.
func CreateRound(tx *db.Tx, gen *id.Gen, now time.Time, n NewRound) (Round, error) {
	rules, err := LoadRules(tx, n.Facility, clock.DateOf(now))
	if err != nil {
		return Round{}, err
	}
	if n, err = rules.checkRound(n); err != nil {
		return Round{}, err
	}
	if n.Previous == 0 {
		err := tx.Row("select id from billing_round where facility_id = $1 and published_at is not null order by published_at desc, id desc limit 1",
			[]any{n.Facility}, &n.Previous)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return Round{}, err
		}
	} else if p, err := RoundByID(tx, n.Previous); err != nil || p.Facility != n.Facility {
		return Round{}, &Invalid{[]FieldError{{"/previous", CodeUnknown, "Đợt thu trước không có ở cơ sở này. Chọn đợt khác."}}}
	}
	r := Round{
		ID: id.New[id.Round](gen), Facility: n.Facility, Name: n.Name, Period: n.Period, DueOn: n.DueOn, ExpiresOn: n.ExpiresOn,
		State: RoundDraft, PartPayment: n.PartPayment, Account: n.Account, Plan: n.Plan, Previous: n.Previous, CreatedAt: now, CreatedBy: n.By,
	}
	plan, err := planText(r.Plan)
	if err != nil {
		return Round{}, err
	}
	return r, tx.Insert("billing_round", []string{
		"id", "facility_id", "name", "period", "due_on", "expires_on", "state", "part_payment", "account_id", "plan", "previous_id", "created_at", "created_by",
	}, [][]any{{
		r.ID, r.Facility, r.Name, r.Period, r.DueOn, nullText(string(r.ExpiresOn)), r.State, r.PartPayment, id.Null(r.Account), plan,
		id.Null(r.Previous), clock.Micros(now), id.Null(r.CreatedBy),
	}})
}

// checkRound fills in what follows from the facility and refuses what its bills could not be made with.
func (r Rules) checkRound(n NewRound) (NewRound, error) {
	f := &faults{}
	var cannot *org.CanBillError
	if err := r.Facility.CanBill(r.On); errors.As(err, &cannot) {
		f.add("/facility", CodeClosed, cannot.Text)
	}
	text(f, "/name", "Tên đợt thu", &n.Name, MaxName)
	if n.Name == "" {
		f.add("/name", CodeRequired, "Thiếu tên đợt thu. Nhập tên, ví dụ “Đợt thu tháng 12/2026”.")
	}
	if n.Period == "" && len([]rune(n.Name)) <= MaxPeriod {
		n.Period = n.Name
	}
	text(f, "/period", "Kỳ thu", &n.Period, MaxPeriod)
	if n.PartPayment == "" {
		n.PartPayment = r.Facility.PartPayment
		if n.PartPayment == org.Instalments && len(n.Plan) == 0 {
			n.PartPayment = org.NoParts
		}
	}
	switch {
	case n.PartPayment != org.Instalments && len(n.Plan) > 0:
		f.add("/plan", CodeNotValid, "Đợt thu không chia đợt trả nên không có các đợt. Chọn cách trả theo đợt hoặc bỏ các đợt.")
	case n.PartPayment == org.Instalments && len(n.Plan) == 0:
		f.add("/plan", CodeRequired, "Thiếu các đợt trả. Nhập tỷ lệ và hạn của từng đợt.")
	}
	// The rest is what a bill of the round would say: let one try.
	probe := NewBill{
		PartPayment: n.PartPayment, Account: n.Account, DueOn: n.DueOn, ExpiresOn: n.ExpiresOn,
		Lines: []Line{{Amount: vnd.Amount(len(n.Plan))}},
	}
	for i, s := range n.Plan {
		if s.Weight < 1 || s.Weight > 1000 {
			f.add(fmt.Sprintf("/plan/%d/weight", i), CodeNotValid, "Tỷ lệ của mỗi đợt trả phải từ 1 đến 1000.")
		}
		probe.Instalments = append(probe.Instalments, Instalment{Amount: 1, DueOn: s.DueOn})
	}
	r.dates(&probe, f)
	if len(n.Plan) > 0 && n.PartPayment == org.Instalments {
		r.parts(&probe, f)
	}
	r.account(probe, f)
	return n, f.err()
}

// planText is a plan as stored.
func planText(plan []Share) (string, error) {
	if len(plan) == 0 {
		return "", nil
	}
	b, err := json.Marshal(plan)
	return string(b), err
}

const roundColumns = `r.id, r.facility_id, r.name, r.period, r.due_on, coalesce(r.expires_on, ''), r.state, r.part_payment,
	coalesce(r.account_id, 0), r.plan, coalesce(r.previous_id, 0), r.created_at, coalesce(r.created_by, 0), coalesce(r.published_at, 0)`

func scanRound(rows db.Rows, r *Round) error {
	var plan string
	var created, published int64
	err := rows.Scan(&r.ID, &r.Facility, &r.Name, &r.Period, &r.DueOn, &r.ExpiresOn, &r.State, &r.PartPayment,
		&r.Account, &plan, &r.Previous, &created, &r.CreatedBy, &published)
	if err == nil && plan != "" {
		err = json.Unmarshal([]byte(plan), &r.Plan)
	}
	r.CreatedAt, r.PublishedAt = instant(created), instant(published)
	return err
}

// RoundByID reads one round; db.ErrNotFound when there is none.
func RoundByID(tx *db.Tx, round id.Round) (Round, error) { return oneRound(tx, round, "") }

// lockRound is RoundByID that keeps other writers of the round waiting.
func lockRound(tx *db.Tx, round id.Round) (Round, error) { return oneRound(tx, round, tx.ForUpdate()) }

func oneRound(tx *db.Tx, round id.Round, lock string) (Round, error) {
	list, err := db.All(tx, "select "+roundColumns+" from billing_round r where r.id = $1"+lock, []any{round}, scanRound)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Round{}, err
	}
	return list[0], nil
}

// Rounds lists a facility's rounds, the newest first, at most limit, made before the round
// given (0 for the first page).
func Rounds(tx *db.Tx, f id.Facility, before id.Round, limit int) ([]Round, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return db.All(tx, "select "+roundColumns+" from billing_round r where r.facility_id = $1 and r.id < $2 order by r.id desc limit $3",
		[]any{f, before, limit}, scanRound)
}

// CloseRound ends a published round: no more imports. Its bills stay payable. Errors:
// *StateError for a round that is not published.
func CloseRound(tx *db.Tx, round id.Round) error {
	r, err := lockRound(tx, round)
	if err != nil {
		return err
	}
	if r.State != RoundPublished {
		return &StateError{Text: fmt.Sprintf("Đợt thu đang ở trạng thái “%s”. Chỉ đóng được đợt đã phát hành.", r.State.Label())}
	}
	_, err = tx.Exec("update billing_round set state = $2 where id = $1", round, RoundClosed)
	return err
}

// EditRound changes a round that is not published yet, and with it the drafts that still say
// what the round said. How bills are divided can only change while there are none. Errors:
// *Invalid; *StateError.
func EditRound(tx *db.Tx, now time.Time, round id.Round, n NewRound) (Round, error) {
	old, err := lockRound(tx, round)
	if err != nil {
		return old, err
	}
	if old.State != RoundDraft {
		return old, &StateError{Text: "Đợt thu đã phát hành nên không sửa được. Sửa từng phiếu, hoặc mở đợt thu mới."}
	}
	rules, err := LoadRules(tx, old.Facility, clock.DateOf(now))
	if err != nil {
		return old, err
	}
	n.Facility = old.Facility
	if n, err = rules.checkRound(n); err != nil {
		return old, err
	}
	plan, err := planText(n.Plan)
	if err != nil {
		return old, err
	}
	was, err := planText(old.Plan)
	if err != nil {
		return old, err
	}
	if n.PartPayment != old.PartPayment || plan != was {
		count, err := Count(tx, Filter{Round: round})
		if err != nil {
			return old, err
		}
		if count > 0 {
			return old, &StateError{Text: "Đợt thu đã có phiếu nên không đổi cách chia đợt trả được. Xóa các phiếu nháp rồi đổi."}
		}
	}
	if _, err := tx.Exec("update billing_round set name = $2, period = $3, due_on = $4, expires_on = $5, account_id = $6, part_payment = $7, plan = $8 where id = $1",
		round, n.Name, n.Period, n.DueOn, nullText(string(n.ExpiresOn)), id.Null(n.Account), n.PartPayment, plan); err != nil {
		return old, err
	}
	for _, c := range []struct {
		column   string
		from, to any
	}{
		{"reason", old.Name, n.Name},
		{"period", old.Period, n.Period},
		{"due_on", old.DueOn, n.DueOn},
		{"expires_on", nullText(string(old.ExpiresOn)), nullText(string(n.ExpiresOn))},
		{"account_id", id.Null(old.Account), id.Null(n.Account)},
	} {
		where, args := c.column+" = $3", []any{round, c.to, c.from}
		if c.from == nil {
			where, args = c.column+" is null", args[:2]
		}
		if c.from == c.to {
			continue
		}
		if _, err := tx.Exec("update bill set "+c.column+" = $2 where round_id = $1 and state = 'draft' and "+where, args...); err != nil {
			return old, err
		}
	}
	return RoundByID(tx, round)
}
