package portal

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// missAfter is when a look-up that found nothing is answered, counted from the request: long
// after every comparison is done, so that the clock tells nobody whether the code exists.
const missAfter = 400 * time.Millisecond

// Fields of the look-up.
const (
	fieldCode = "ma"
	fieldFact = "thong-tin"
)

// lookUp answers POST /tra-cuu: the bill with a code, for who knows a second fact about it. An
// unknown code, a draft and a wrong fact get one and the same answer at the same moment.
func (f *face) lookUp(w http.ResponseWriter, r *http.Request) {
	started := f.Clock.Now()
	if !f.form(w, r) {
		return
	}
	lang := page.RequestLang(r)
	typed, fact := r.PostForm.Get(fieldCode), r.PostForm.Get(fieldFact)
	var wrong page.Mistakes
	code, err := billcode.Parse(typed)
	if err != nil {
		wrong.Add(fieldCode, f.codeMistake(lang, typed, err))
	}
	if vn.Clean(fact) == "" {
		wrong.Add(fieldFact, f.t(lang, "fact.missing"))
	}
	if len(wrong) > 0 {
		f.renderHome(w, r, http.StatusUnprocessableEntity, typed, fact, wrong)
		return
	}
	delay := max(f.addresses.take(started, address(r)), f.codes.take(started, string(code)))
	if delay > 0 {
		f.tooMany(w, r, typed, fact, delay)
		return
	}
	token, err := f.find(r.Context(), code, fact)
	switch {
	case errors.Is(err, db.ErrNotFound):
		wrong.Add(fieldCode, f.t(lang, "find.nothing"))
		wrong.Add(fieldFact, f.t(lang, "find.nothing_fact"))
		f.hold(r.Context(), started.Add(f.answerMissAfter).Sub(f.Clock.Now()))
		f.renderHome(w, r, http.StatusUnprocessableEntity, typed, fact, wrong)
	case err != nil:
		f.broken(w, r, "look-up", err)
	default:
		f.codes.forget(string(code)) // who knows the fact guesses nothing
		f.goTo(w, r, "/p/"+token)
	}
}

func (f *face) tooMany(w http.ResponseWriter, r *http.Request, code, fact string, delay time.Duration) {
	var wrong page.Mistakes
	wrong.Add(fieldCode, f.t(page.RequestLang(r), "find.too_many", int((delay+time.Minute-1)/time.Minute)))
	w.Header().Set("Retry-After", strconv.Itoa(int(delay/time.Second)+1))
	f.renderHome(w, r, http.StatusTooManyRequests, code, fact, wrong)
}

// find returns the address of the bill with the code when fact is one that is on record;
// db.ErrNotFound in every other case. It reads and compares the same whether or not the code exists.
func (f *face) find(ctx context.Context, code billcode.Code, fact string) (string, error) {
	var b bill.Bill
	err := f.DB.View(ctx, func(tx *db.Tx) (err error) { b, err = bill.ByCode(tx, code); return err })
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	known := knows(b, fact)
	if err != nil || !known || b.State == bill.Draft {
		return "", db.ErrNotFound
	}
	return b.Token, nil
}

var dayOfBirth = regexp.MustCompile(`^\d{1,2}[/.-]\d{1,2}[/.-](\d{4})$`)

// knows reports whether fact is one of the facts on the bill that a stranger does not know: the
// beneficiary's year of birth, the last four digits of the payer's telephone number, the
// beneficiary's code. All are compared, always, each in constant time.
func knows(b bill.Bill, fact string) bool {
	said := strings.Join(strings.Fields(vn.Fold(fact)), "")
	if m := dayOfBirth.FindStringSubmatch(said); m != nil {
		said = m[1]
	}
	phone, tail := b.PayerPhone, ""
	if len(phone) >= 9 {
		tail = phone[len(phone)-4:]
	}
	saidPhone, err := vn.Phone(fact)
	if err != nil {
		saidPhone = said
	}
	year := ""
	if b.BirthYear != 0 {
		year = strconv.Itoa(b.BirthYear)
	}
	code := strings.Join(strings.Fields(vn.Fold(b.BeneficiaryCode)), "")
	return same(said, year)|same(said, tail)|same(saidPhone, phone)|same(said, code) == 1
}

// same compares two texts in constant time; nothing is the same as an unknown fact.
func same(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	known := 1
	if b == "" {
		known = 0
	}
	return subtle.ConstantTimeCompare(x[:], y[:]) & known
}

// codeMistake says what is wrong with a code by its form alone: it never asks whether it exists.
func (f *face) codeMistake(lang page.Lang, typed string, err error) string {
	plain := strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-\u00a0\t", r) {
			return -1
		}
		return r
	}, vn.Clean(typed)))
	n := len([]rune(plain))
	switch {
	case n == 0:
		return f.t(lang, "code.missing")
	case n != 12:
		return f.t(lang, "code.length", n)
	case errors.Is(err, billcode.ErrPrefix):
		return f.t(lang, "code.prefix", strings.Join(billcode.Prefixes, ", "))
	case errors.Is(err, billcode.ErrCheck):
		if body, ok := billcode.Correct(plain[2:]); ok {
			if near, err := billcode.Parse(plain[:2] + body); err == nil {
				return f.t(lang, "code.near", near.Display())
			}
		}
	}
	return f.t(lang, "code.wrong")
}
