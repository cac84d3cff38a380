package bill

import (
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
)

// feeNames is one fee kind as headers may call it, in folded words.
type feeNames struct {
	kind  org.FeeKind
	words []string // of its name, with abbreviations written out
	code  string
	short string // initials of its name when there are three or more: "csbt"
}

// feeMatcher finds the fee kind a header means.
type feeMatcher []feeNames

// newFeeMatcher takes the kinds a facility may charge on the day.
func newFeeMatcher(rules Rules) feeMatcher {
	var m feeMatcher
	for _, k := range rules.Kinds {
		if !k.ValidOn(rules.On) || !k.For(rules.Facility.Sector) {
			continue
		}
		plain := vn.Tokens(k.Name)
		n := feeNames{kind: k, words: expand(plain), code: headerWords(k.Code)}
		if len(plain) >= 3 {
			for _, w := range plain {
				n.short += w[:1]
			}
		}
		m = append(m, n)
	}
	// Maps have no order: without one, equal candidates could change places between two runs.
	slices.SortFunc(m, func(a, b feeNames) int { return strings.Compare(a.code, b.code) })
	return m
}

// abbreviations that accountants write in headers.
var abbreviations = map[string]string{
	"bhyt": "bao hiem y te", "bhtt": "bao hiem than the", "bhtn": "bao hiem tai nan", "hp": "hoc phi", "vp": "vien phi",
	"kns": "ky nang song", "cssk": "cham soc suc khoe", "csvc": "co so vat chat", "bt": "ban tru", "tta": "tieng anh",
	"hs": "hoc sinh", "vsmt": "ve sinh moi truong", "gdtc": "giao duc the chat", "nk": "nang khieu", "xe": "xe dua don", "dp": "dong phuc",
	"kcb": "kham chua benh", "xn": "xet nghiem", "cls": "can lam sang", "2b": "2 buoi",
}

func expand(words []string) []string {
	var out []string
	for _, w := range words {
		if full, ok := abbreviations[w]; ok {
			out = append(out, strings.Fields(full)...)
			continue
		}
		out = append(out, w)
	}
	return out
}

// generic words say little about which fee is meant.
var generic = map[string]bool{
	"tien": true, "phi": true, "thu": true, "khoan": true, "quy": true, "hoc": true, "sinh": true, "cac": true, "va": true, "cho": true,
	"dich": true, "vu": true, "dong": true, "gop": true, "so": true, "muc": true, "theo": true, "ngay": true,
}

func weight(words []string) int {
	w := 0
	for _, x := range words {
		if generic[x] {
			w++
		} else {
			w += 3
		}
	}
	return w
}

// withoutPeriod drops what says when, not what: "tháng 12", "T12", "HK1", "năm học 2026-2027",
// "đợt 2", years and currency.
func withoutPeriod(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case (w == "thang" || w == "dot" || w == "hk" || w == "ky" || w == "quy") && isNumber(next):
			i++
		case w == "hoc" && next == "ky":
			i++
			if i+1 < len(words) && (isNumber(words[i+1]) || words[i+1] == "i" || words[i+1] == "ii") {
				i++
			}
		case w == "nam" && next == "hoc":
			i++
		case isNumber(w) && len(w) == 4, w == "vnd", w == "dong", w == "d":
		case len(w) >= 2 && len(w) <= 3 && (w[0] == 't' || strings.HasPrefix(w, "hk")) && isNumber(strings.TrimLeft(w, "thk")):
		default:
			out = append(out, w)
		}
	}
	return out
}

func isNumber(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// feeHit is a fee kind found in a header.
type feeHit struct {
	kind  org.FeeKind
	score int // percent
	why   string
}

// minFeeScore is the least score at which a header is taken for a fee kind by itself; and
// the best must lead the second by clearLead, otherwise a person chooses.
const (
	minFeeScore = 65
	clearLead   = 8
)

// find returns the candidates above half the least score, the best first.
func (m feeMatcher) find(header string) []feeHit {
	words := expand(withoutPeriod(vn.Tokens(header)))
	if len(words) == 0 {
		return nil
	}
	label, raw := strings.Join(words, " "), headerWords(header)
	var hits []feeHit
	for _, n := range m {
		if score, why := n.score(label, raw, words); score >= minFeeScore/2 {
			hits = append(hits, feeHit{n.kind, score, why})
		}
	}
	slices.SortStableFunc(hits, func(a, b feeHit) int { return b.score - a.score })
	return hits
}

func (n feeNames) score(label, raw string, words []string) (int, string) {
	switch {
	case label == strings.Join(n.words, " "):
		return 100, "đúng tên khoản thu"
	case raw == n.code || label == n.code:
		return 100, "đúng mã khoản thu"
	case n.short != "" && raw == n.short:
		return 95, "viết tắt tên khoản thu"
	case n.short != "" && slices.Contains(words, n.short):
		return 75, "có chữ viết tắt của khoản thu"
	}
	var common []string
	for _, w := range n.words {
		if slices.Contains(words, w) {
			common = append(common, w)
		}
	}
	if !slices.ContainsFunc(common, func(w string) bool { return !generic[w] }) && len(common) < len(n.words) {
		return 0, ""
	}
	mine, theirs, both := weight(n.words), weight(words), weight(common)
	switch {
	case both == mine: // the header says the whole name and more
		return 92 - 30*(theirs-both)/max(theirs, 1), "có đủ tên khoản thu"
	case both == theirs: // the header is a part of the name
		return 88 - 30*(mine-both)/max(mine, 1), "là một phần tên khoản thu"
	}
	return 72 * 2 * both / (mine + theirs), "gần giống tên khoản thu"
}
