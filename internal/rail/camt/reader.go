// Package camt reads the ISO 20022 account messages camt.052, camt.053 and camt.054 of every
// version with one tolerant reader (bank-and-pos, section 1): elements are matched by local
// name, the version is only reported. The document is streamed; what is held is one payment
// at a time besides the result.
package camt

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Stream is the name of this rail in credits.
const Stream = "camt"

// roots are the message elements and the element that repeats in each.
var roots = map[string]struct{ message, statement string }{
	"BkToCstmrStmt":         {"camt.053.001", "Stmt"},
	"BkToCstmrAcctRpt":      {"camt.052.001", "Rpt"},
	"BkToCstmrDbtCdtNtfctn": {"camt.054.001", "Ntfctn"},
}

var (
	versionPattern  = regexp.MustCompile(`camt\.05[234]\.\d{3}\.\d{2}`)
	encodingPattern = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']{1,40})["']`)
)

// Read reads one message. Keys are assigned, checks are not run (passbook.Check). Name and
// SHA256 of the result are the caller's to fill.
//
// Errors are *passbook.Error: Malformed (not camt, broken, truncated), Hostile (document
// type, depth, size of one payment), TooLarge, Unsupported (character set).
func Read(r io.Reader, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	text, err := decoded(limits.Reader(r))
	if err != nil {
		return nil, err
	}
	repaired := newRepairer(text)
	dec := xml.NewDecoder(repaired)
	dec.Strict = true
	dec.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }

	d := &document{parser: parser{dec: dec}, limits: limits, file: &passbook.File{Format: Stream}}
	if err := d.read(); err != nil {
		return nil, err
	}
	if repaired.repairs > 0 {
		d.file.Problems = append(d.file.Problems, passbook.RepairedText())
	}
	passbook.AssignKeys(d.file)
	return d.file, nil
}

// decoded is the document as UTF-8, by its byte order mark or its declaration.
func decoded(r io.Reader) (io.Reader, error) {
	raw := bufio.NewReaderSize(r, 64<<10)
	text, wide := utf16Aware(raw)
	if wide {
		return text, nil
	}
	head, _ := raw.Peek(256)
	m := encodingPattern.FindSubmatch(head)
	if m == nil {
		return text, nil
	}
	out, err := charsetReader(string(m[1]), text)
	if err != nil {
		return nil, passbook.Errorf(passbook.Unsupported,
			"Tệp XML dùng bảng mã %q chưa được hỗ trợ. Hãy tải lại tệp ở bảng mã UTF-8.", m[1]).Because(err)
	}
	return out, nil
}

// wrap turns an error of the XML decoder into ours.
func wrap(err error, line int) error {
	var ours *passbook.Error
	if errors.As(err, &ours) {
		return ours
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Msg, "entity") {
		return passbook.Errorf(passbook.Hostile,
			"Tệp XML dùng thực thể (entity) tự định nghĩa, không được chấp nhận vì lý do an toàn. Hãy tải lại tệp gốc từ ngân hàng.").At("dòng %d", line).Because(err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || (syntax != nil && strings.Contains(syntax.Msg, "unexpected EOF")) {
		return passbook.Errorf(passbook.Malformed,
			"Tệp XML bị cắt cụt, thiếu phần cuối. Hãy tải lại tệp gốc từ ngân hàng.").At("dòng %d", line).Because(err)
	}
	return passbook.Errorf(passbook.Malformed,
		"Tệp XML bị hỏng, không đọc tiếp được. Hãy tải lại tệp gốc từ ngân hàng.").At("dòng %d", line).Because(err)
}

// document is one message being read.
type document struct {
	parser
	limits passbook.Limits
	file   *passbook.File
	lines  int
	open   []string // names of the open elements outside of subtrees
	space  string   // the last camt version seen in a namespace
}

// read walks down to the message element, wherever an envelope has put it.
func (d *document) read() error {
	found := false
	for {
		t, err := d.token()
		if err == io.EOF {
			if len(d.open) > 0 {
				return d.truncated(io.EOF)
			}
			break
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			d.noteVersion(t)
			root, is := roots[t.Name.Local]
			if !is {
				d.open = append(d.open, t.Name.Local)
				continue
			}
			found = true
			if err := d.message(t.Name.Local, root.message, root.statement); err != nil {
				return err
			}
		case xml.EndElement:
			if len(d.open) == 0 {
				return d.closes(t, "")
			}
			if err := d.closes(t, d.open[len(d.open)-1]); err != nil {
				return err
			}
			d.open = d.open[:len(d.open)-1]
		}
	}
	if !found {
		return passbook.Errorf(passbook.Malformed,
			"Tệp XML không phải sao kê ISO 20022 (camt.052, camt.053 hoặc camt.054). Hãy chọn đúng tệp sao kê của ngân hàng.")
	}
	return nil
}

func (d *document) noteVersion(start xml.StartElement) {
	for _, a := range start.Attr {
		if a.Name.Local == "xmlns" || a.Name.Space == "xmlns" {
			if v := versionPattern.FindString(a.Value); v != "" {
				d.space = v
			}
		}
	}
}

// message reads the children of BkToCstmrStmt and its like.
func (d *document) message(name, message, statement string) error {
	if strings.HasPrefix(d.space, message) {
		message = d.space
	}
	d.file.Message = message
	return d.children(name, func(t xml.StartElement) error {
		if t.Name.Local == statement {
			return d.statement(t)
		}
		return d.skip(t.Name.Local)
	})
}

// children calls f for each child of the element name, whose start was read; f must read the
// child to its end.
func (d *document) children(name string, f func(xml.StartElement) error) error {
	for {
		t, err := d.token()
		if err != nil {
			return d.truncated(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			return d.closes(t, name)
		}
	}
}

// skip reads over an element of no interest.
func (d *document) skip(name string) error {
	return d.children(name, func(t xml.StartElement) error { return d.skip(t.Name.Local) })
}

// tree reads a small element whole.
func (d *document) tree(t xml.StartElement) (*node, error) {
	budget := maxNodes
	return d.subtree(t, &budget)
}
