package vietqr

import (
	"fmt"
	"strconv"
	"strings"
)

// Encode writes p as the text of a VietQR code, with the CRC in upper case. Objects stand in
// ascending order, 63 last. It refuses with *Error, and never shortens, whatever breaks the
// rules: see the fields of Payload for lengths, and also a dynamic code without an amount, a
// static one with an amount, text beyond printable ASCII (use Transfer, which strips
// diacritics), objects it does not know, and the kinds this package only reads. Whether the
// BIN belongs to a bank is CheckBank's question.
func Encode(p Payload) (string, error) {
	if p.Kind == "" {
		p.Kind = NAPAS
	}
	if p.Kind != NAPAS {
		return "", &Error{Kind: ErrUnsupported, Path: "26", VI: "Chỉ VNPAY được phát hành mã VNPAY-QR"}
	}
	if p.Service == Cash {
		return "", &Error{Kind: ErrUnsupported, Path: "38.02", VI: "Không phát hành mã rút tiền tại ATM"}
	}
	if p.MerchantID != "" {
		return "", &Error{Kind: ErrUnsupported, Path: "26", VI: "Mã VietQR do đơn vị phát hành không mang mẫu của VNPAY"}
	}
	if len(p.Other) > 0 {
		return "", &Error{Kind: ErrUnsupported, Path: p.Other[0].Path, VI: "Trường này không có trong mã VietQR do đơn vị phát hành"}
	}
	if p.Initiation == "" {
		p.Initiation = Static
		if p.Amount != 0 {
			p.Initiation = Dynamic
		}
	}
	w := writer{p: &p}
	w.object("00", "", "01")
	w.fields("", rootFields[:1])
	beneficiary := w.template("38.01", beneficiaryFields)
	account := w.join("38", "00", aidNAPAS) + w.join("38", "01", beneficiary)
	if p.Service != "" {
		account += w.value("38", serviceField)
	}
	w.object("38", "", account)
	for _, f := range rootFields[1:] {
		switch f.tag { // the three objects that stand before these and have no field of their own
		case "55":
			w.object("53", "", "704")
			w.amount()
		case "59":
			w.object("58", "", "VN")
		}
		w.fields("", []field{f})
	}
	w.object("62", "", w.template("62", additionalFields))
	w.object("64", "", w.template("64", languageFields))
	if w.err == nil {
		if e := p.relations(writing); e != nil {
			w.err = e
		}
	}
	if w.err != nil {
		return "", w.err
	}
	w.b.WriteString("6304")
	text := w.b.String()
	return text + crcText(text), nil
}

// writer gathers the root objects; the first error stays.
type writer struct {
	p   *Payload
	b   strings.Builder
	err error
}

func (w *writer) fail(kind error, path, vi string) {
	if w.err == nil {
		w.err = &Error{Kind: kind, Path: path, VI: vi}
	}
}

// join is one object: tag, length in two digits, value; nothing for an empty value.
func (w *writer) join(template, tag, value string) string {
	if value == "" {
		return ""
	}
	if len(value) > 99 {
		w.fail(ErrValue, path(template, tag), "Trường này dài "+strconv.Itoa(len(value))+" ký tự, nhiều nhất 99")
		return ""
	}
	return fmt.Sprintf("%s%02d%s", tag, len(value), value)
}

// value is the object of one field after its rule was asked.
func (w *writer) value(template string, f field) string {
	v := *f.at(w.p)
	if v == "" {
		return ""
	}
	if c := f.rule(v, writing); c != "" {
		w.fail(ErrValue, path(template, f.tag), c)
		return ""
	}
	return w.join(template, f.tag, v)
}

func (w *writer) template(template string, fields []field) string {
	var s string
	for _, f := range fields {
		s += w.value(template, f)
	}
	return s
}

func (w *writer) object(tag, template, value string) { w.b.WriteString(w.join(template, tag, value)) }

func (w *writer) fields(template string, fields []field) {
	w.b.WriteString(w.template(template, fields))
}

func (w *writer) amount() {
	if w.p.Amount == 0 {
		return
	}
	s := strconv.FormatInt(int64(w.p.Amount), 10)
	if _, err := ParseAmount(s); err != nil && w.err == nil {
		w.err = err
	}
	w.object("54", "", s)
}

func path(template, tag string) string {
	if template == "" {
		return tag
	}
	return template + "." + tag
}
