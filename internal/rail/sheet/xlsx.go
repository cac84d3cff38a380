package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// maxParts is how many files a workbook may be packed of; textsPerLine how many different
// texts there may be for each line allowed.
const (
	maxParts     = 5000
	textsPerLine = 8
)

// ReadXLSX reads a workbook: every visible sheet that has the header of a bank statement.
// Sheets are streamed; only the shared texts are held. name serves to tell the bank. Keys are
// assigned, checks are not run (passbook.Check). Name and SHA256 of the result are the
// caller's to fill.
//
// The rows are read here and not through a library, because a row must tell of every cell
// whether it is text, a number as stored, a formula or part of a merged range, without the
// workbook being held.
//
// Errors are *passbook.Error: NoTable, Malformed, Hostile (unpacks to more than the limit),
// TooLarge.
func ReadXLSX(r io.ReaderAt, size int64, name string, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	z, err := zip.NewReader(r, size)
	if err != nil || len(z.File) > maxParts {
		return nil, damagedWorkbook(err)
	}
	w := &workbook{parts: map[string]*zip.File{}, left: limits.Bytes, limits: limits}
	for _, f := range z.File {
		w.parts[strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/")] = f
	}
	if err := w.open(); err != nil {
		return nil, err
	}
	var grids []func() (grid, error)
	for _, s := range w.sheets {
		grids = append(grids, func() (grid, error) { return w.grid(s) })
	}
	f, err := assemble(grids, name, limits)
	if closeErr := w.close(); err == nil && closeErr != nil {
		return nil, closeErr
	}
	return f, err
}

func damagedWorkbook(err error) error {
	var ours *passbook.Error
	if errors.As(err, &ours) {
		return ours
	}
	return passbook.Errorf(passbook.Malformed, "Tệp Excel bị hỏng, không mở được. Hãy tải lại tệp gốc từ ngân hàng.").Because(err)
}

// workbook is an open XLSX file.
type workbook struct {
	parts     map[string]*zip.File
	left      int64 // bytes that may still be unpacked
	limits    passbook.Limits
	sheets    []sheetRef
	shared    []string
	epoch1904 bool
	opened    io.Closer
}

type sheetRef struct{ name, part string }

// part opens one packed file; everything read counts against the limit, because the sizes
// that a zip file states can lie.
func (w *workbook) part(name string) (*xml.Decoder, error) {
	f := w.parts[name]
	if f == nil {
		return nil, nil
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	w.opened = r
	dec := xml.NewDecoder(&budget{r: r, w: w})
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return dec, nil
}

func (w *workbook) close() error {
	if w.opened == nil {
		return nil
	}
	err := w.opened.Close()
	w.opened = nil
	return err
}

type budget struct {
	r io.Reader
	w *workbook
}

func (b *budget) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.w.left -= int64(n); b.w.left < 0 {
		return 0, passbook.Errorf(passbook.Hostile,
			"Tệp Excel giải nén ra hơn %d MB. Hãy tải sao kê theo khoảng thời gian ngắn hơn, dạng .xlsx mới.", b.w.limits.Bytes>>20)
	}
	return n, err
}

// open reads the list of sheets and the shared texts.
func (w *workbook) open() error {
	targets := map[string]string{}
	err := w.elements("xl/_rels/workbook.xml.rels", func(e xml.StartElement, _ *xml.Decoder) error {
		if e.Name.Local == "Relationship" {
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attribute(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = w.elements("xl/workbook.xml", func(e xml.StartElement, _ *xml.Decoder) error {
		switch e.Name.Local {
		case "workbookPr":
			v := attribute(e, "date1904")
			w.epoch1904 = v == "1" || v == "true"
		case "sheet":
			if attribute(e, "state") != "hidden" && attribute(e, "state") != "veryHidden" {
				w.sheets = append(w.sheets, sheetRef{attribute(e, "name"), targets[attribute(e, "id")]})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.readShared()
}

// elements calls f for every element of a part.
func (w *workbook) elements(part string, f func(xml.StartElement, *xml.Decoder) error) error {
	dec, err := w.part(part)
	if dec == nil || err != nil {
		return err
	}
	for {
		t, err := safeToken(dec)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damagedWorkbook(err)
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := f(e, dec); err != nil {
				return err
			}
		}
	}
}

// safeToken is the next token; a document type, with which entities would come, is refused.
func safeToken(dec *xml.Decoder) (xml.Token, error) {
	t, err := dec.RawToken()
	if err != nil {
		return nil, err
	}
	if _, is := t.(xml.Directive); is {
		return nil, passbook.Errorf(passbook.Hostile, "Tệp Excel có khai báo DOCTYPE, không được chấp nhận vì lý do an toàn.")
	}
	return t, nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// readShared reads the texts that cells point to.
func (w *workbook) readShared() error {
	name := "xl/sharedStrings.xml"
	if w.parts[name] == nil {
		for p := range w.parts {
			if strings.EqualFold(p, name) {
				name = p
			}
		}
	}
	return w.elements(name, func(e xml.StartElement, dec *xml.Decoder) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := richText(dec, "si")
		if err != nil {
			return err
		}
		if w.shared = append(w.shared, s); len(w.shared) > textsPerLine*w.limits.Lines {
			return w.limits.TooManyLines()
		}
		return nil
	})
}

// richText joins the text runs of an element; phonetic hints (rPh) are left out.
func richText(dec *xml.Decoder, end string) (string, error) {
	var b strings.Builder
	inText, hints := false, 0
	for {
		t, err := safeToken(dec)
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return "", damagedWorkbook(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText = true
			case "rPh":
				hints++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				hints--
			case end:
				return b.String(), nil
			}
		case xml.CharData:
			if inText && hints == 0 && b.Len() < maxCellText {
				b.Write(t)
			}
		}
	}
}
