package indicator

import "github.com/sen-platform/sen/internal/org"

// Class is how much a period says about one facility.
type Class int

// The classes. Only Measured facilities count in the denominators of T2, T3 and T4; the others
// are shown beside them, so that nobody can hide by collecting nothing.
const (
	Measured Class = iota // money was collected in the period: it is in Sen's books
	Silent                // nothing was collected although bills are open
	Idle                  // nothing was collected, and nothing is owed
	Exempt                // it declared that it collects nothing from anyone, and it did not
)

// ClassOf tells the class of a facility in a period.
func ClassOf(f org.Facility, s Standing) Class {
	switch {
	case s.Period.Applicable():
		return Measured
	case s.Silent():
		return Silent
	case !f.Collects:
		return Exempt
	}
	return Idle
}

// Census counts facilities for the shares of facilities (T2, T8).
type Census struct {
	Of       [4]int64 // facilities by class
	Cashless int64    // Measured ones with at least one cashless payment in the period
	Due      int64    // those that must offer the methods: on the map, open, and they collect
	Ready    int64    // those of Due that declare 3 of the 4 methods
}

// Count counts one facility. There says whether it was on the map on the day of the report.
func (c *Census) Count(e org.Entry, s Standing) {
	c.Of[ClassOf(e.Facility, s)]++
	if s.Period.Cashless().N > 0 {
		c.Cashless++
	}
	if len(e.Path) > 0 && e.Collects && e.Status != org.Paused {
		c.Due++
		if e.Ready() >= org.MethodsNeeded {
			c.Ready++
		}
	}
}

// All is how many facilities were counted.
func (c Census) All() int64 { return c.Of[Measured] + c.Of[Silent] + c.Of[Idle] + c.Of[Exempt] }

// Using is T2: facilities that took at least one cashless payment in the period, of those that
// collected anything. A payment that arrived proves both that they take it and that it is used.
func (c Census) Using() Share { return Share{c.Cashless, c.Of[Measured]} }

// Equipped is T8 as declared: facilities with at least 3 of the 4 methods set up.
func (c Census) Equipped() Share { return Share{c.Ready, c.Due} }
