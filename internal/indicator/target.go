package indicator

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sen-platform/sen/internal/clock"
)

// The indicators of the programme that payments measure (requirements, section Targets).
const (
	T2 = "T2" // share of facilities that take and use cashless payment
	T3 = "T3" // cashless share of the number of payments
	T4 = "T4" // cashless share of the value of payments
	T8 = "T8" // share of facilities ready on at least 3 of the 4 methods
)

// Target is one line of a province's plan: the level an indicator has to reach by the end of
// a day and to keep from then on.
type Target struct {
	Indicator string
	By        clock.Date
	Level
	Basis string // the text that sets it, as shown
}

// Plan is the targets of a province.
type Plan []Target

// InForce is the target an indicator is held to on a day: the latest that was due by then.
func (p Plan) InForce(indicator string, on clock.Date) (Target, bool) {
	var best Target
	for _, t := range p {
		if t.Indicator == indicator && t.By <= on && t.By >= best.By {
			best = t
		}
	}
	return best, best.By != ""
}

// Next is the first target of an indicator that falls due after a day.
func (p Plan) Next(indicator string, on clock.Date) (Target, bool) {
	var best Target
	for _, t := range p {
		if t.Indicator == indicator && t.By > on && (best.By == "" || t.By < best.By) {
			best = t
		}
	}
	return best, best.By != ""
}

// targetsCSV is the plan of Tây Ninh, the one of our sources that carries its targets to 2025.
//
//go:embed targets.csv
var targetsCSV string

// ModelPlan is the plan a province starts with until it has entered its own.
var ModelPlan = sync.OnceValues(func() (Plan, error) { return ReadPlan(strings.NewReader(targetsCSV)) })

// ReadPlan reads a plan as CSV with the columns indicator, by (YYYY-MM-DD), per_mille,
// more_than (yes or no) and basis. Errors name the line.
func ReadPlan(r io.Reader) (Plan, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("indicator: plan: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], []string{"indicator", "by", "per_mille", "more_than", "basis"}) {
		return nil, errors.New("indicator: plan: the first line must name the columns")
	}
	var p Plan
	for i, row := range rows[1:] {
		t, err := readTarget(row)
		if err != nil {
			return nil, fmt.Errorf("indicator: plan, line %d: %w", i+2, err)
		}
		p = append(p, t)
	}
	return p, nil
}

func readTarget(row []string) (Target, error) {
	t := Target{Indicator: row[0], Basis: row[4]}
	if !slices.Contains([]string{T2, T3, T4, T8}, t.Indicator) {
		return t, fmt.Errorf("no indicator %q", row[0])
	}
	var err error
	if t.By, err = clock.ParseDate(row[1]); err != nil {
		return t, err
	}
	if t.PerMille, err = strconv.ParseInt(row[2], 10, 64); err != nil {
		return t, err
	}
	t.MoreThan = row[3] == "yes"
	if t.PerMille <= 0 || t.PerMille > 1000 || t.PerMille == 1000 && t.MoreThan || !t.MoreThan && row[3] != "no" {
		return t, fmt.Errorf("no share reaches %q more than %q", row[2], row[3])
	}
	return t, nil
}
