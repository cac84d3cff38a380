package pay

import (
	"html/template"
	"strings"
	"unicode"

	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// noun is the key of the word for a facility: "trường", "bệnh viện", …
func noun(l org.Level) string {
	switch l {
	case org.BenhVienTinh, org.BenhVienChuyenKhoa, org.BenhVienHuyen:
		return "noun.hospital"
	case org.TrungTamYTe, org.GDTX:
		return "noun.centre"
	case org.TramYTe:
		return "noun.station"
	case org.PhongKham:
		return "noun.clinic"
	}
	return "noun.school"
}

// noun is the word for the facility inside a sentence.
func (f *face) noun(lang page.Lang, o org.Facility) string { return f.pages.T(lang, noun(o.Level)) }

// subject is the facility as a sentence begins with it: "Trường", "The school".
func (f *face) subject(lang page.Lang, o org.Facility) string {
	if lang == page.EN {
		return "The " + f.noun(lang, o)
	}
	return capital(f.noun(lang, o))
}

// capital is s with a capital first letter.
func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// beneficiaryLabel says what the beneficiary is to the facility, in Vietnamese, for papers.
func beneficiaryLabel(o org.Facility) string {
	switch {
	case o.Sector == org.Health:
		return "Người bệnh"
	case o.Level == org.MamNon:
		return "Trẻ"
	case o.Level == org.CaoDang || o.Level == org.DaiHoc:
		return "Sinh viên"
	case o.Level == org.GDTX || o.Level == org.TrungCap:
		return "Học viên"
	}
	return "Học sinh"
}

// class is the class as a sentence names it, "lớp 3B". A patient's ward says much about the
// patient and nothing about the payment, so it stays off open pages and papers.
func (f *face) class(lang page.Lang, o org.Facility, class string) string {
	if o.Sector != org.Education || class == "" {
		return ""
	}
	if strings.HasPrefix(vn.Fold(class), "lop ") {
		return class
	}
	return f.pages.T(lang, "class", class)
}

// vi marks a text that is Vietnamese whatever the page's language (WCAG 3.1.2).
func vi(lang page.Lang, text string) any {
	if lang != page.EN || text == "" {
		return text
	}
	return page.HTMLf(`<span lang="vi">%s</span>`, text)
}

// phoneText writes a telephone number in groups that can be read out: "0200 000 0112".
func phoneText(number string) string {
	digits := onlyDigits(number)
	if len(digits) < 10 || len(digits) > 11 {
		return number
	}
	return digits[:4] + "\u00a0" + digits[4:7] + "\u00a0" + digits[7:]
}

// phoneLink is a telephone number to press.
func phoneLink(number string) template.HTML {
	if number == "" {
		return ""
	}
	link := page.Link{Text: page.HTMLf(`<span class="num">%s</span>`, phoneText(number)), Href: "tel:" + onlyDigits(number)}
	h, err := page.Show(link)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(number))
	}
	return h
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// who says in the foot of the page who runs this and where the money goes.
func (f *face) who(lang page.Lang, s *slip) any {
	if f.Province == "" {
		return nil
	}
	return page.HTMLf(f.pages.T(lang, "foot.who"), vi(lang, lowerFirst(f.Province)), f.noun(lang, s.payee))
}

// help is the named person who guides payers (P8): name, role, telephone, hours; the facility
// itself when it names nobody. hours is apart, for places with little room. Both are nil when
// nobody can be reached.
func (f *face) help(lang page.Lang, s *slip) (who, hours any) {
	name, phone, open := s.payee.Name, s.payee.Phone, s.payee.Hours
	if c := s.contact; c != nil {
		name, phone, open = c.Name, c.Phone, c.Hours
		if c.Role != "" {
			name += ", " + lowerFirst(c.Role)
		}
	}
	if phone == "" && open == "" && s.contact == nil {
		return nil, nil
	}
	line := page.HTMLf(`%s`, vi(lang, name))
	if phone != "" {
		line += page.HTMLf(`<br>%s`, phoneLink(phone))
	}
	if open == "" {
		return line, nil
	}
	return line, vi(lang, lowerFirst(open))
}

// helpNotice is help as every page shows it; false when nobody can be reached.
func (f *face) helpNotice(lang page.Lang, s *slip) (page.Notice, bool) {
	who, hours := f.help(lang, s)
	if who == nil {
		return page.Notice{}, false
	}
	if hours != nil {
		who = page.HTMLf(`%s, %s`, who, hours)
	}
	return page.Notice{Icon: "call", Strong: f.pages.T(lang, "help.strong"), Text: who}, true
}

// lowerFirst makes a phrase fit inside a sentence; an abbreviation ("P. Tài vụ", "KTV") stays.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}
