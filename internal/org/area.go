package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// AreaLevel is a tier of the administrative map.
type AreaLevel string

// The tiers. Districts ended on 1 July 2025; since then communes stand directly under the province.
const (
	Province AreaLevel = "province"
	District AreaLevel = "district"
	Commune  AreaLevel = "commune"
)

var areaLevels = []labelled[AreaLevel]{
	{Province, "Cấp tỉnh"}, {District, "Cấp huyện"}, {Commune, "Cấp xã"},
}

// Label is the Vietnamese name of the tier.
func (l AreaLevel) Label() string { return label(areaLevels, l) }

// rank orders tiers from the top: a parent's rank is smaller than its child's.
func (l AreaLevel) rank() int {
	for i, x := range areaLevels {
		if x.Value == l {
			return i
		}
	}
	return len(areaLevels)
}

// Area is one unit of the administrative map, such as "Xã Cát Vàng", for as long as it
// existed unchanged. A merged unit is a new Area, even when it keeps a predecessor's name.
type Area struct {
	ID id.Area
	// Code is ours and unique for ever, e.g. "99.021". Official unit codes were given again
	// to merged units in 2025: add what tells old and new apart.
	Code string
	Name string
	// Level is the tier; Parent the unit above, zero for a province.
	Level     AreaLevel
	Parent    id.Area
	ValidFrom clock.Date
	ValidTo   clock.Date
}

// ValidOn reports whether the unit existed on the day.
func (a Area) ValidOn(on clock.Date) bool { return validOn(a.ValidFrom, a.ValidTo, on) }

// Succession says that on a day one unit took over from another.
type Succession struct {
	Predecessor, Successor id.Area
	On                     clock.Date
	Note                   string // e.g. the decision's number
}
