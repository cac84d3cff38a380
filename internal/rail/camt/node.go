package camt

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Bounds on one document: real files are about 14 deep, and one TxDtls has about 200 elements.
const (
	maxDepth = 64
	maxNodes = 20_000
)

// node is one element with what the reader uses of it. Names are local: the namespace, and
// with it the version, does not matter (bank-and-pos, section 1.2).
type node struct {
	name     string
	currency string // attribute Ccy
	text     string
	line     int
	children []*node
}

// parser walks the tokens of one document with its bounds.
type parser struct {
	dec   *xml.Decoder
	depth int
}

// token is the next start, end or text token. Document types are refused: with them come
// entities that grow without end.
func (p *parser) token() (xml.Token, error) {
	for {
		t, err := p.dec.RawToken()
		if err != nil {
			return nil, p.fail(err)
		}
		switch t.(type) {
		case xml.Directive:
			return nil, passbook.Errorf(passbook.Hostile,
				"Tệp XML có khai báo DOCTYPE, không được chấp nhận vì lý do an toàn. Hãy tải lại tệp gốc từ ngân hàng.").At("dòng %d", p.line())
		case xml.StartElement:
			p.depth++
			if p.depth > maxDepth {
				return nil, passbook.Errorf(passbook.Hostile,
					"Tệp XML lồng nhau quá sâu (hơn %d cấp), không phải sao kê của ngân hàng.", maxDepth).At("dòng %d", p.line())
			}
			return t, nil
		case xml.EndElement:
			p.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		}
	}
}

func (p *parser) line() int {
	line, _ := p.dec.InputPos()
	return line
}

// fail turns a decoder's error into ours; errors that are ours already pass.
func (p *parser) fail(err error) error {
	if err == io.EOF {
		return io.EOF
	}
	return wrap(err, p.line())
}

// subtree reads the element whose start was just read, to its end. budget is the number of
// elements it may still have.
func (p *parser) subtree(start xml.StartElement, budget *int) (*node, error) {
	*budget--
	if *budget < 0 {
		return nil, passbook.Errorf(passbook.Hostile,
			"Một giao dịch trong tệp có hơn %d phần tử XML, không phải sao kê của ngân hàng.", maxNodes).At("dòng %d", p.line())
	}
	n := &node{name: start.Name.Local, line: p.line()}
	for _, a := range start.Attr {
		if a.Name.Local == "Ccy" {
			n.currency = strings.TrimSpace(a.Value)
		}
	}
	var text []byte
	for {
		t, err := p.token()
		if err != nil {
			return nil, p.truncated(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			child, err := p.subtree(t, budget)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		case xml.CharData:
			if len(n.children) == 0 {
				text = append(text, t...)
			}
		case xml.EndElement:
			if err := p.closes(t, n.name); err != nil {
				return nil, err
			}
			if len(n.children) == 0 {
				n.text = passbook.Clean(string(text))
			}
			return n, nil
		}
	}
}

// closes checks that end tags match, which RawToken leaves to us.
func (p *parser) closes(end xml.EndElement, name string) error {
	if end.Name.Local == name {
		return nil
	}
	return passbook.Errorf(passbook.Malformed,
		"Tệp XML bị hỏng: thẻ <%.40s> bị đóng bởi </%.40s>. Hãy tải lại tệp gốc từ ngân hàng.", name, end.Name.Local).At("dòng %d", p.line())
}

func (p *parser) truncated(err error) error {
	if err == io.EOF {
		return passbook.Errorf(passbook.Malformed, "Tệp XML bị cắt cụt, thiếu phần cuối. Hãy tải lại tệp gốc từ ngân hàng.").At("dòng %d", p.line())
	}
	return err
}

// find is the first element at the path below n, names apart by slashes; nil when there is
// none.
func (n *node) find(path string) *node {
	for path != "" && n != nil {
		var name string
		name, path, _ = strings.Cut(path, "/")
		n = n.child(name)
	}
	return n
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// get is the text at the path, "" when there is none.
func (n *node) get(path string) string {
	if f := n.find(path); f != nil {
		return f.text
	}
	return ""
}

// first is the first non-empty text among the paths.
func (n *node) first(paths ...string) string {
	for _, p := range paths {
		if t := n.get(p); t != "" {
			return t
		}
	}
	return ""
}

// each calls f for every child with the name.
func (n *node) each(name string, f func(*node)) {
	if n == nil {
		return
	}
	for _, c := range n.children {
		if c.name == name {
			f(c)
		}
	}
}

// walk calls f for n and everything below it, in the order of the file.
func (n *node) walk(f func(n *node)) {
	f(n)
	for _, c := range n.children {
		c.walk(f)
	}
}
