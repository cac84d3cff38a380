package vn

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The build of a Vietnamese syllable: an opening consonant, one to three vowels, a closing
// consonant, and at most one tone mark.
var (
	openings = set("", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh",
		"p", "ph", "q", "r", "s", "t", "th", "tr", "v", "x")
	closings = set("", "c", "ch", "m", "n", "ng", "nh", "p", "t")
)

const (
	toneMarks  = "\u0300\u0301\u0303\u0309\u0323" // huyền, sắc, ngã, hỏi, nặng
	shapeMarks = "\u0302\u0306\u031b"             // circumflex, breve, horn
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// plausibleSyllable reports whether w is built like a Vietnamese syllable. It need not exist.
func plausibleSyllable(w string) bool {
	var tone rune
	tones, breve := 0, false
	var letters strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(w)) {
		switch {
		case strings.ContainsRune(toneMarks, r):
			tone, tones = r, tones+1
		case strings.ContainsRune(shapeMarks, r):
			breve = breve || r == '\u0306'
		case r == 'đ' || (r >= 'a' && r <= 'z'):
			letters.WriteRune(r)
		default:
			return false
		}
	}
	s := letters.String()
	start := strings.IndexAny(s, "aeiouy")
	if start < 0 {
		return tones == 0 && len(s) <= 4 && strings.Contains(s, "đ") // abbreviations such as QĐ
	}
	end := strings.LastIndexAny(s, "aeiouy") + 1
	vowels, closing := s[start:end], s[end:]
	switch {
	case tones > 1, !openings[s[:start]], !closings[closing], len(vowels) > 4, strings.Trim(vowels, "aeiouy") != "":
		return false
	case breve && closing == "": // ă never ends a syllable
		return false
	case strings.ContainsAny(closing, "pt") || closing == "c" || closing == "ch":
		return tone == '\u0301' || tone == '\u0323' // stops take sắc or nặng only
	}
	return true
}
