package payos

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/wire"
)

// Sign is the signature of a data object, as payOS makes it for webhooks and replies: all its
// members by name, name=value joined by "&", raw, HMAC-SHA256, hex. It fails when data is no
// JSON object, or holds what the rule cannot sign.
func Sign(key string, data []byte) (string, error) {
	v, err := object(data)
	if err != nil {
		return "", err
	}
	text, err := dataText(v)
	if err != nil {
		return "", err
	}
	return hexMAC(key, text), nil
}

// SignPayout is the x-signature of a payout request over its whole body: every member sorted
// at every level, names and values URL-escaped, HMAC-SHA256, hex.
func SignPayout(key string, body []byte) (string, error) {
	v, err := object(body)
	if err != nil {
		return "", err
	}
	return hexMAC(key, payoutText(v)), nil
}

func object(text []byte) (wire.Value, error) {
	v, err := wire.Parse(text)
	if err == nil && v.Kind != wire.Object {
		err = wire.Malformed("", "Phải là đối tượng JSON.")
	}
	return v, err
}

func hexMAC(key, text string) string {
	return hex.EncodeToString(wire.HMAC(sha256.New, key, []byte(text)))
}

// verifyData compares signature with that of data. Only a right one returns nil; an error is a
// *rail.Refusal of kind ErrSignature.
func verifyData(key string, data wire.Value, signature string) error {
	if data.Kind == wire.Object && key != "" {
		text, err := dataText(data)
		if err == nil && wire.EqualHex(wire.HMAC(sha256.New, key, []byte(text)), signature) {
			return nil
		}
	}
	return wire.Refuse(rail.ErrSignature, "signature", "Chữ ký không đúng. Kiểm tra khóa kiểm tra (checksum key) của payOS ở cấu hình của cơ sở.")
}

// dataText is the text under the signature of a data object, as payOS's own package builds it:
// null and the words "null" and "undefined" count as empty; a list is JSON with each element's
// members sorted; a nested object is the word JavaScript makes of it, so nothing inside one is
// protected and nothing inside one may be used.
func dataText(v wire.Value) (string, error) {
	var b []byte
	for i, m := range v.SortTop().Members {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(b, m.Key...), '=')
		switch {
		case m.Kind == wire.Array:
			list, err := sortElements(m.Value)
			if err != nil {
				return "", err
			}
			b = list.AppendJSON(b, wire.JavaScript)
		case m.Kind == wire.Object:
			b = append(b, "[object Object]"...)
		case m.Kind == wire.Number:
			b = append(b, wire.NumberText(m.Text)...)
		case m.Kind == wire.Null, m.Text == "null", m.Text == "undefined":
		default:
			b = append(b, m.Text...)
		}
	}
	return string(b), nil
}

// sortElements does to each element of a list what the package's sort does to a JavaScript
// value: an object is sorted, a text or a list becomes an object by index, a number or a
// boolean an empty object. It cannot sort null, nor half characters.
func sortElements(list wire.Value) (wire.Value, error) {
	out := wire.Value{Kind: wire.Array}
	for _, e := range list.Members {
		o := wire.Value{Kind: wire.Object}
		switch e.Kind {
		case wire.Object:
			o = e.SortTop()
		case wire.Array:
			for i, x := range e.Members {
				o.Members = append(o.Members, wire.Member{Key: strconv.Itoa(i), Value: x.Value})
			}
		case wire.String:
			for _, r := range e.Text {
				if r >= 0x10000 {
					return out, wire.Malformed("", "Danh sách có ký tự không ký được.")
				}
				o.Members = append(o.Members, wire.Member{
					Key: strconv.Itoa(len(o.Members)), Value: wire.Value{Kind: wire.String, Text: string(r)},
				})
			}
		case wire.Null:
			return out, wire.Malformed("", "Danh sách có phần tử trống.")
		}
		out.Members = append(out.Members, wire.Member{Value: o})
	}
	return out, nil
}

func payoutText(v wire.Value) string {
	var b strings.Builder
	for i, m := range v.SortKeys(true).Members {
		if i > 0 {
			b.WriteByte('&')
		}
		value := m.Text
		switch m.Kind {
		case wire.Array, wire.Object:
			value = string(m.AppendJSON(nil, wire.JavaScript))
		case wire.Number:
			value = wire.NumberText(m.Text)
		}
		b.WriteString(escape(m.Key) + "=" + escape(value))
	}
	return b.String()
}

// escape is JavaScript's encodeURIComponent.
func escape(s string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"
	const hexUpper = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < utf8.RuneSelf && strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hexUpper[c>>4], hexUpper[c&15]})
		}
	}
	return b.String()
}
