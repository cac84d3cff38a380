package bill

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// Order is how a list of bills is sorted. Both are total: a bill has one place.
type Order string

// The orders: newest first, or by class and name as on a class list.
const (
	ByNewest Order = ""
	ByRoll   Order = "roll"
)

// Filter selects bills. Zero fields select everything.
type Filter struct {
	Facility       id.Facility // zero only for programs that may see all
	Round          id.Round
	Class          *string // "" selects bills without a class
	Status         []Status
	Overdue        bool
	Text           string // names, class, code, telephone number; in any spelling, with or without marks
	DueFrom, DueTo clock.Date
	Beneficiary    string // beneficiary's code, exactly
	Order          Order
	Cursor         string     // from the page before; "" for the first
	Limit          int        // 1 … 1000; 0 means 50
	Today          clock.Date // what Status and Overdue are derived for; required with them
}

// Page is part of a list.
type Page struct {
	Bills []Bill
	Next  string // cursor of the next page; "" at the end
}

// ErrCursor: the cursor is not one of this list.
var ErrCursor = errors.New("bill: unknown cursor")

// cursor is the place of the last bill of a page.
type cursor struct {
	Order Order   `json:"o,omitempty"`
	Class string  `json:"c,omitempty"`
	Name  string  `json:"n,omitempty"`
	ID    id.Bill `json:"i"`
}

func (c cursor) text() string {
	b, _ := json.Marshal(c) // strings and a number always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string, o Order) (cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Order != o || c.ID <= 0 {
		return c, ErrCursor
	}
	return c, nil
}

// conditions gathers where clauses with numbered parameters.
type conditions struct {
	list []string
	args []any
}

func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

func (c *conditions) add(format string, args ...any) {
	c.list = append(c.list, fmt.Sprintf(format, args...))
}

func (c *conditions) text() string {
	if len(c.list) == 0 {
		return "true"
	}
	return strings.Join(c.list, " and ")
}

// Search lists bills page by page, in one query. A bill that appears or changes between two
// pages is never shown twice in the order ByNewest. Error: ErrCursor.
func Search(tx *db.Tx, f Filter) (Page, error) {
	c := &conditions{}
	f.where(tx, c)
	order := "b.id desc"
	if f.Order == ByRoll {
		order = "b.class_key, b.sort_key, b.id"
	}
	if f.Cursor != "" {
		at, err := parseCursor(f.Cursor, f.Order)
		if err != nil {
			return Page{}, err
		}
		if f.Order == ByRoll {
			c.add("(b.class_key, b.sort_key, b.id) > (%s, %s, %s)", c.arg(at.Class), c.arg(at.Name), c.arg(at.ID))
		} else {
			c.add("b.id < %s", c.arg(at.ID))
		}
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	var keys [2]string // of the last bill of the page
	var p Page
	rows, err := tx.Query("select "+billColumns+", b.class_key, b.sort_key from bill b where "+c.text()+" order by "+order+" limit "+c.arg(limit+1), c.args...)
	err = db.Each(rows, err, func(r db.Rows) error {
		if len(p.Bills) == limit {
			last := cursor{Order: f.Order, ID: p.Bills[limit-1].ID}
			if f.Order == ByRoll {
				last.Class, last.Name = keys[0], keys[1]
			}
			p.Next = last.text()
			return nil
		}
		var b Bill
		if err := scanBill(withKeys{r, &keys}, &b); err != nil {
			return err
		}
		p.Bills = append(p.Bills, b)
		return nil
	})
	return p, err
}

// withKeys scans the two sort keys after the columns of a bill.
type withKeys struct {
	db.Rows
	keys *[2]string
}

func (r withKeys) Scan(dest ...any) error {
	return r.Rows.Scan(append(dest, &r.keys[0], &r.keys[1])...)
}

// Count counts the bills of a filter, whatever its cursor and limit.
func Count(tx *db.Tx, f Filter) (int, error) {
	c := &conditions{}
	f.where(tx, c)
	var n int
	err := tx.Row("select count(*) from bill b where "+c.text(), c.args, &n)
	return n, err
}

func (f Filter) where(tx *db.Tx, c *conditions) {
	if f.Facility != 0 {
		c.add("b.facility_id = %s", c.arg(f.Facility))
	}
	if f.Round != 0 {
		c.add("b.round_id = %s", c.arg(f.Round))
	}
	if f.Class != nil {
		c.add("b.class_key = %s", c.arg(vn.Key(*f.Class)))
	}
	if f.Beneficiary != "" {
		c.add("b.beneficiary_code = %s", c.arg(f.Beneficiary))
	}
	if f.DueFrom != "" {
		c.add("b.due_on >= %s", c.arg(f.DueFrom))
	}
	if f.DueTo != "" {
		c.add("b.due_on <= %s", c.arg(f.DueTo))
	}
	if f.Overdue {
		c.add("b.state = 'published' and b.paid < b.total and b.due_on < %s", c.arg(f.Today))
	}
	if len(f.Status) > 0 {
		f.whereStatus(c)
	}
	f.whereText(c)
}

// whereStatus says in SQL what Bill.Status says in Go; a test compares them.
func (f Filter) whereStatus(c *conditions) {
	// Every parameter must be used (PostgreSQL asks for its type), so the day is one only when needed.
	expired := sync.OnceValue(func() string { return "(b.expires_on is not null and b.expires_on < " + c.arg(f.Today) + ")" })
	var any []string
	for _, s := range f.Status {
		switch s {
		case StatusDraft, StatusCancelled:
			any = append(any, "b.state = "+c.arg(string(s)))
		case StatusPaid:
			any = append(any, "(b.state = 'published' and b.paid >= b.total)")
		case StatusOpen:
			any = append(any, "(b.state = 'published' and b.paid = 0 and b.total > 0 and not "+expired()+")")
		case StatusPartlyPaid:
			any = append(any, "(b.state = 'published' and b.paid > 0 and b.paid < b.total and not "+expired()+")")
		case StatusExpired:
			any = append(any, "(b.state = 'published' and b.paid < b.total and "+expired()+")")
		}
	}
	if len(any) == 0 {
		any = append(any, "false") // only unknown statuses: nothing has them
	}
	c.add("(%s)", strings.Join(any, " or "))
}

// whereText finds a whole code by its index, anything else by every word in the folded text.
func (f Filter) whereText(c *conditions) {
	if code, err := billcode.Parse(f.Text); err == nil {
		c.add("b.code = %s", c.arg(code))
		return
	}
	if phone, err := vn.Phone(f.Text); err == nil {
		c.add("b.search like '%%' || %s || '%%'", c.arg(phone))
		return
	}
	for _, word := range strings.Fields(vn.Fold(f.Text)) {
		word = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word)
		c.add(`b.search like '%%' || %s || '%%' escape '\'`, c.arg(word))
	}
}
