package vietqr

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/vn"
)

// maxText bounds what is read: the largest QR code holds 7,089 characters, EMVCo's text at
// most 512.
const maxText = 512

// Decode reads the text of a VietQR or VNPAY-QR code and checks it by the rules of Encode:
// objects in ascending order, none twice, none empty, lengths exact, CRC right, every value
// within its rule. It refuses with *Error. Text with anything around it, even a line end, is
// refused; trim before.
//
// What it accepts beyond what Encode writes: the CRC in lower case; text with diacritics
// (lengths then count characters, and values are returned in NFC); a static code that carries
// an amount (issued by older generators; the amount only prefills); a payment code without
// tag 01; ATM and VNPAY codes; unknown objects, which land in Other.
func Decode(s string) (Payload, error) {
	var p Payload
	if s == "" {
		return p, &Error{Kind: ErrFormat, VI: "Mã trống"}
	}
	if !utf8.ValidString(s) {
		return p, &Error{Kind: ErrFormat, VI: "Mã không phải văn bản UTF-8"}
	}
	chars := []rune(s)
	if len(chars) > maxText {
		return p, &Error{Kind: ErrFormat, VI: "Mã dài " + strconv.Itoa(len(chars)) + " ký tự, nhiều nhất " + strconv.Itoa(maxText)}
	}
	objects, err := split("", chars, 1)
	if err != nil {
		return p, err
	}
	if first := objects[0]; first.tag != "00" || first.text() != "01" {
		return p, &Error{Kind: ErrFormat, Path: "00", Pos: first.pos, VI: "Mã phải bắt đầu bằng 000201"}
	}
	last := objects[len(objects)-1]
	if last.tag != "63" || len(last.value) != 4 {
		return p, &Error{Kind: ErrFormat, Path: "63", Pos: last.pos, VI: "Thiếu mã kiểm tra (CRC) bốn ký tự ở cuối"}
	}
	p.CRC = last.text()
	if want := crcText(strings.TrimSuffix(s, p.CRC)); !strings.EqualFold(want, p.CRC) {
		return p, &Error{Kind: ErrCRC, Path: "63", Pos: last.pos, VI: "Mã kiểm tra (CRC) sai, nội dung đã bị sửa hoặc đọc sót"}
	}
	r := reader{p: &p, pos: map[string]int{}}
	if err := r.root(objects[1 : len(objects)-1]); err != nil {
		return Payload{}, err
	}
	return p, nil
}

// object is one data object in the text.
type object struct {
	tag   string
	value []rune
	pos   int // of its tag, from 1
}

func (o object) text() string { return string(o.value) }

// split cuts chars into objects. pos is the place of chars[0] in the whole text.
func split(template string, chars []rune, pos int) ([]object, *Error) {
	bad := func(path string, at int, vi string) *Error {
		return &Error{Kind: ErrFormat, Path: path, Pos: at, VI: vi}
	}
	var out []object
	for i := 0; i < len(chars); {
		at := pos + i
		if len(chars)-i < 4 {
			return nil, bad(template, at, "Mã bị cắt cụt: không đủ nhãn và độ dài")
		}
		head := chars[i : i+4]
		for _, c := range head {
			if c < '0' || c > '9' {
				return nil, bad(template, at, "Nhãn và độ dài phải là chữ số, đọc thấy "+strconv.Quote(string(head)))
			}
		}
		tag, n := string(head[:2]), int(head[2]-'0')*10+int(head[3]-'0')
		where := path(template, tag)
		if n == 0 {
			return nil, bad(where, at, "Trường trống: độ dài phải từ 01 đến 99")
		}
		if rest := len(chars) - i - 4; n > rest {
			return nil, bad(where, at, "Mã bị cắt cụt: trường ghi dài "+strconv.Itoa(n)+" ký tự, chỉ còn "+strconv.Itoa(rest))
		}
		if len(out) > 0 {
			switch before := out[len(out)-1].tag; {
			case template == "" && before == "63":
				return nil, bad(where, at, "Mã kiểm tra (CRC) phải là trường cuối, không có gì sau nó")
			case before == tag:
				return nil, bad(where, at, "Trường này có hai lần")
			case before > tag && (template != "" || tag != "63"):
				return nil, bad(where, at, "Trường đứng sai thứ tự, sau "+path(template, before))
			}
		}
		out = append(out, object{tag: tag, value: chars[i+4 : i+4+n], pos: at})
		i += 4 + n
	}
	return out, nil
}

// reader fills a Payload and remembers where each object stood, for the errors of relations.
type reader struct {
	p   *Payload
	pos map[string]int
}

func (r *reader) root(objects []object) error {
	for _, o := range objects {
		r.pos[o.tag] = o.pos
		var err *Error
		switch o.tag {
		case "26", "38":
			err = r.merchant(o)
		case "53":
			err = constant(o, "704", "Đơn vị tiền phải là 704 (đồng Việt Nam)")
		case "54":
			amount, e := ParseAmount(o.text())
			if e != nil {
				err, _ = e.(*Error)
				err.Pos = o.pos
				break
			}
			r.p.Amount = amount
		case "58":
			err = constant(o, "VN", "Mã nước phải là VN")
		case "62":
			err = r.template("62", o, additionalFields)
		case "64":
			err = r.template("64", o, languageFields)
		default:
			err = r.set("", o, rootFields)
		}
		if err != nil {
			return err
		}
	}
	if r.p.Kind == "" {
		return &Error{Kind: ErrUnsupported, VI: "Mã này không phải VietQR hay VNPAY-QR"}
	}
	for _, need := range []struct{ tag, vi string }{{"53", "Thiếu đơn vị tiền (704)"}, {"58", "Thiếu mã nước (VN)"}} {
		if r.pos[need.tag] == 0 {
			return &Error{Kind: ErrValue, Path: need.tag, VI: need.vi}
		}
	}
	if err := r.p.relations(reading); err != nil {
		err.Pos = r.pos[err.Path]
		return err
	}
	return nil
}

func constant(o object, want, vi string) *Error {
	if o.text() != want {
		return &Error{Kind: ErrValue, Path: o.tag, Pos: o.pos, VI: vi}
	}
	return nil
}

// merchant reads tag 26 or 38. A template with another scheme's identifier is kept as Other:
// a shop may print one code for several schemes.
func (r *reader) merchant(o object) *Error {
	parts, err := split(o.tag, o.value, o.pos+4)
	if err != nil {
		return err
	}
	aid := ""
	if parts[0].tag == "00" {
		aid = parts[0].text()
	}
	switch {
	case o.tag == "38" && aid == aidNAPAS:
		r.p.Kind = NAPAS
		return r.napas(parts[1:])
	case o.tag == "26" && aid == aidVNPAY:
		r.p.Kind = VNPAY
		return r.parts("26", parts[1:], vnpayFields)
	}
	r.p.Other = append(r.p.Other, Object{o.tag, o.text()})
	return nil
}

func (r *reader) napas(parts []object) *Error {
	for _, o := range parts {
		r.pos[path("38", o.tag)] = o.pos
		var err *Error
		if o.tag == "01" {
			err = r.template("38.01", o, beneficiaryFields)
		} else {
			err = r.set("38", o, []field{serviceField})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) template(template string, o object, fields []field) *Error {
	parts, err := split(template, o.value, o.pos+4)
	if err != nil {
		return err
	}
	return r.parts(template, parts, fields)
}

func (r *reader) parts(template string, parts []object, fields []field) *Error {
	for _, o := range parts {
		if err := r.set(template, o, fields); err != nil {
			return err
		}
	}
	return nil
}

// set puts one object into its field, or into Other when none has its tag.
func (r *reader) set(template string, o object, fields []field) *Error {
	where := path(template, o.tag)
	r.pos[where] = o.pos
	for _, f := range fields {
		if f.tag != o.tag {
			continue
		}
		if c := f.rule(o.text(), reading); c != "" {
			return &Error{Kind: ErrValue, Path: where, Pos: o.pos, VI: c}
		}
		*f.at(r.p) = vn.NFC(o.text())
		return nil
	}
	r.p.Other = append(r.p.Other, Object{where, vn.NFC(o.text())})
	return nil
}
