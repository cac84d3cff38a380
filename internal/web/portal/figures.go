package portal

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/web/page"
)

// figuresFor is how long the public figures are shown before they are read anew: the front
// page must not cost a look through a year of figures each time.
const figuresFor = time.Minute

// monthsShown is how many months the public table has.
const monthsShown = 12

// figures keeps the months last read.
type figures struct {
	mu   sync.Mutex
	at   time.Time
	rows []indicator.Row
}

// months are the province's figures of the last months in which anything was paid, the newest
// first.
func (f *face) months(ctx context.Context) ([]indicator.Row, error) {
	f.figures.mu.Lock()
	defer f.figures.mu.Unlock()
	now := f.Clock.Now()
	if age := now.Sub(f.figures.at); !f.figures.at.IsZero() && age >= 0 && age < figuresFor {
		return f.figures.rows, nil
	}
	this := clock.DateOf(now)
	from := clock.DateOf(this.Time().AddDate(0, -monthsShown+1, 1-this.Time().Day())).Month()
	var rows []indicator.Row
	err := f.DB.View(ctx, func(tx *db.Tx) (err error) {
		rows, err = indicator.Query(tx, indicator.Filter{From: from, To: this.Month()}, indicator.ByMonth)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []indicator.Row
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Applicable() {
			out = append(out, rows[i])
		}
	}
	f.figures.at, f.figures.rows = now, out
	return out, nil
}

// shareText is the sentence on the front page: the newest month's share by count (T3).
func (f *face) shareText(ctx context.Context, lang page.Lang) (string, error) {
	rows, err := f.months(ctx)
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return f.t(lang, "figures.none"), nil
	}
	s := rows[0].ByCount()
	return f.t(lang, "figures.sentence", monthText(rows[0].Month), page.Percent(s.Part, s.Whole), page.Count(s.Part), page.Count(s.Whole)), nil
}

// monthText is 2026-11 as people write it, 11/2026.
func monthText(month string) string {
	year, m, _ := strings.Cut(month, "-")
	return m + "/" + year
}

type figuresView struct {
	page.Chrome
	Sentence string
	Target   string
	Months   []monthRow
}

// monthRow is the figures of one month.
type monthRow struct {
	Month, Count, Value string
	CountShare          string
	ValueShare          string
}

// showFigures answers GET /so-lieu: the cashless share of the whole province by month (T3, T4).
func (f *face) showFigures(w http.ResponseWriter, r *http.Request) {
	lang := page.RequestLang(r)
	rows, err := f.months(r.Context())
	if err != nil {
		f.broken(w, r, "figures", err)
		return
	}
	sentence, err := f.shareText(r.Context(), lang)
	if err != nil {
		f.broken(w, r, "figures", err)
		return
	}
	v := figuresView{Chrome: f.chrome(r, f.t(lang, "figures.title")), Sentence: sentence, Target: f.target(lang)}
	v.Width = page.WidthPay
	for _, row := range rows {
		n, s := row.ByCount(), row.ByValue()
		v.Months = append(v.Months, monthRow{
			Month: monthText(row.Month), Count: f.t(lang, "figures.payments", page.Count(row.Payments().N)), Value: row.Payments().Amount.String(),
			CountShare: page.Percent(n.Part, n.Whole), ValueShare: page.Percent(s.Part, s.Whole),
		})
	}
	f.pages.Render(w, http.StatusOK, "figures", v)
}

// target is the share the province's plan asks for today, "" when it names none.
func (f *face) target(lang page.Lang) string {
	plan, err := indicator.ModelPlan()
	if err != nil {
		f.Log.Error("plan cannot be read", "err", err)
		return ""
	}
	t, ok := plan.InForce(indicator.T3, clock.Today(f.Clock))
	if !ok {
		return ""
	}
	key := "figures.target"
	if t.MoreThan {
		key = "figures.target_more"
	}
	return f.t(lang, key, page.Percent(t.PerMille, 1000))
}
