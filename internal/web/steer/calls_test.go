package steer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
)

func rowNamed(name string, s indicator.Standing) row {
	r := row{Entry: org.Entry{Facility: org.Facility{Name: name, Collects: true}, Path: []org.Area{{ID: 1}}}, Standing: s}
	r.class = indicator.ClassOf(r.Entry.Facility, s)
	return r
}

var over95 = indicator.Level{PerMille: 950, MoreThan: true}

func TestToCall(t *testing.T) {
	gone := rowNamed("đã đóng", figuresOf(0, 0, 1))
	gone.Path = nil
	rows := []row{
		rowNamed("một nửa", figuresOf(20, 20, 0)),
		rowNamed("thấp nhất", figuresOf(5, 40, 0)),
		rowNamed("ít quá", figuresOf(0, 19, 0)), // 19 payments say little
		rowNamed("vừa đủ", figuresOf(0, 20, 0)), // 20 do
		rowNamed("đạt", figuresOf(99, 1, 0)),
		rowNamed("không thu", figuresOf(0, 0, 1)),
		rowNamed("không có gì", figuresOf(0, 0, 0)),
		gone,
	}
	var names []string
	for _, r := range toCall(rows, over95) {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, ", "); got != "vừa đủ, thấp nhất, một nửa, không thu" {
		t.Errorf("to call: %s", got)
	}
}

// However many there are: at most ten, the lowest shares first, places kept for the silent ones.
func TestToCallIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []row
		low, silent := rapid.IntRange(0, 15).Draw(t, "low"), rapid.IntRange(0, 15).Draw(t, "silent")
		for i := range low {
			rows = append(rows, rowNamed(fmt.Sprint("low", i), figuresOf(rapid.Int64Range(1, 100).Draw(t, "cashless"), 100, 0)))
		}
		for i := range silent {
			rows = append(rows, rowNamed(fmt.Sprint("silent", i), figuresOf(0, 0, 1)))
		}
		list := toCall(rows, over95)
		quiet := 0
		for i, r := range list {
			if r.class == indicator.Silent {
				quiet++
				continue
			}
			if quiet > 0 {
				t.Fatal("a share after the silent ones")
			}
			if i > 0 && r.Period.ByCount().Less(list[i-1].Period.ByCount()) {
				t.Fatal("shares out of order")
			}
		}
		if want := min(low+silent, callMost); len(list) != want || quiet < min(silent, callSilent, want) {
			t.Fatalf("%d of %d low and %d silent, %d of them silent", len(list), low, silent, quiet)
		}
	})
}

var (
	svgNumber = regexp.MustCompile(`\b(?:cy|cx|y|x)="([-0-9.]+)"`)
	svgLabel  = regexp.MustCompile(`<text class="[a-z0-9]*" x="634" y="([0-9.]+)">`)
)

// Whatever the months hold, nothing of the picture lies outside its frame, labels do not lie on
// each other, and there is a dot for every month with a share.
func TestChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []point
		known := 0
		for i := range rapid.IntRange(1, 12).Draw(t, "months") {
			p := point{month: fmt.Sprintf("2026-%02d", i+1)}
			if whole := rapid.Int64Range(0, 1000).Draw(t, "whole"); whole > 0 {
				p.count = indicator.Share{Part: rapid.Int64Range(0, whole).Draw(t, "part"), Whole: whole}
				p.value = indicator.Share{Part: rapid.Int64Range(0, whole).Draw(t, "value"), Whole: whole}
				known++
			}
			list = append(list, p)
		}
		goal := indicator.Level{PerMille: rapid.Int64Range(1, 1000).Draw(t, "goal")}
		svg := string(chart(list, goal, rapid.Bool().Draw(t, "has goal")))
		if known == 0 {
			if svg != "" {
				t.Fatal("a picture of nothing")
			}
			return
		}
		if n := strings.Count(svg, "<circle"); n != 2*known {
			t.Fatalf("%d dots for %d months", n, known)
		}
		for _, m := range svgNumber.FindAllStringSubmatch(svg, -1) {
			if v, err := strconv.ParseFloat(m[1], 64); err != nil || v < 0 || v > 760 {
				t.Fatalf("%s lies outside", m[0])
			}
		}
		last := -100.0
		for _, m := range svgLabel.FindAllStringSubmatch(svg, -1) {
			y, err := strconv.ParseFloat(m[1], 64)
			if err != nil || y-last < labelGap-.2 || y > 292 {
				t.Fatalf("a label at %v after %v\n%s", y, last, svg)
			}
			last = y
		}
	})
}
