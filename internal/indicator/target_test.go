package indicator_test

import (
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/indicator"
)

func TestModelPlan(t *testing.T) {
	p, err := indicator.ModelPlan()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		indicator     string
		on            clock.Date
		inForce, next int64 // per mille, 0 for none
	}{
		{indicator.T3, "2022-09-29", 0, 200},
		{indicator.T3, "2022-09-30", 200, 500},
		{indicator.T3, "2024-12-31", 500, 950},
		{indicator.T3, "2025-12-30", 500, 950},
		{indicator.T3, "2025-12-31", 950, 0},
		{indicator.T3, "2026-11-22", 950, 0},
		{indicator.T4, "2026-11-22", 500, 0},
		{indicator.T2, "2025-01-01", 500, 1000},
		{indicator.T8, "2026-11-22", 1000, 0},
		{"T9", "2026-11-22", 0, 0},
	} {
		now, _ := p.InForce(c.indicator, c.on)
		next, _ := p.Next(c.indicator, c.on)
		if now.PerMille != c.inForce || next.PerMille != c.next {
			t.Errorf("%s on %s: %d, then %d; want %d, then %d", c.indicator, c.on, now.PerMille, next.PerMille, c.inForce, c.next)
		}
	}
	if target, _ := p.InForce(indicator.T3, "2026-01-01"); !target.MoreThan || target.Basis == "" {
		t.Errorf("the plan says more than 95 %%: %+v", target)
	}
}

func TestReadPlanRefuses(t *testing.T) {
	const head = "indicator,by,per_mille,more_than,basis\n"
	for name, text := range map[string]string{
		"nothing":            "",
		"other columns":      "a,b\n",
		"unknown indicator":  head + "T9,2025-12-31,500,no,x\n",
		"no day":             head + "T3,31/12/2025,500,no,x\n",
		"no number":          head + "T3,2025-12-31,50%,no,x\n",
		"above all":          head + "T3,2025-12-31,1001,no,x\n",
		"more than all":      head + "T3,2025-12-31,1000,yes,x\n",
		"nothing to reach":   head + "T3,2025-12-31,0,no,x\n",
		"neither yes nor no": head + "T3,2025-12-31,500,maybe,x\n",
		"short line":         head + "T3,2025-12-31\n",
	} {
		if p, err := indicator.ReadPlan(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read as %v", name, p)
		}
	}
}
