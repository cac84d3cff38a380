package doc

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// The reader of XLSX works on the XML itself, not through a spreadsheet library: it needs of
// each cell its type, its format and whether it is a formula while streaming, and it must
// notice a file that is cut off. Libraries give either a stream of bare texts or whole sheets.

var errUnpacked = errors.New("doc: unpacked size above the limit")

// workbook is what all sheets of an XLSX file share.
type workbook struct {
	input
	parts    map[string]*zip.File // by lower-case name
	shared   texts
	shapes   []shape // by style number of a cell
	date1904 bool
}

// maxDirectory bounds the ZIP directory: real workbooks need a few kB.
const maxDirectory = 2 << 20

// boundedReader counts what is read through it while bound is set.
type boundedReader struct {
	r     io.ReaderAt
	left  int64
	bound bool
}

func (b *boundedReader) ReadAt(p []byte, off int64) (int, error) {
	if b.bound {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errUnpacked
		}
	}
	return b.r.ReadAt(p, off)
}

func (t *Table) openXLSX() error {
	src := &boundedReader{r: t.in.src, left: maxDirectory, bound: true}
	z, err := zip.NewReader(src, t.in.size)
	if err != nil {
		return t.in.broken("", err)
	}
	src.bound = false
	w := &workbook{input: t.in, parts: map[string]*zip.File{}}
	var unpacked uint64
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if _, twice := w.parts[name]; !twice {
			w.parts[name] = f
		}
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			if unpacked += f.UncompressedSize64; unpacked > uint64(w.lim.UnpackedBytes) || f.UncompressedSize64 > uint64(w.lim.UnpackedBytes) {
				return w.bomb()
			}
		}
	}
	main, err := w.mainPart()
	if err != nil {
		return err
	}
	if err := w.load(t, main); err != nil {
		return err
	}
	if len(t.Sheets()) == 0 {
		return w.fail("", "không có trang tính nào hiện", "Mở bằng Excel, bỏ ẩn trang tính cần gửi (Unhide) rồi lưu lại", nil)
	}
	return nil
}

func (in input) broken(place string, err error) *FileError {
	var known *FileError
	if errors.As(err, &known) {
		return known
	}
	return in.fail(place, "tệp .xlsx bị hỏng hoặc bị cắt", "Mở lại bằng Excel, lưu lại rồi gửi tệp mới", err)
}

func (in input) bomb() *FileError {
	return in.fail("", "nội dung bung ra lớn hơn "+megabytes(in.lim.UnpackedBytes),
		"Xóa các dòng, cột trống có định dạng và trang tính không cần, hoặc chia thành nhiều tệp", errUnpacked)
}

// mainPart finds the workbook part; other ZIP files are named for what they are.
func (w *workbook) mainPart() (string, error) {
	main := ""
	if w.parts["_rels/.rels"] != nil {
		rels, err := w.relations("_rels/.rels", "")
		if err != nil {
			return "", err
		}
		for _, r := range rels {
			if strings.HasSuffix(r.kind, "/officeDocument") {
				main = r.target
			}
		}
	}
	if main == "" {
		main = "xl/workbook.xml"
	}
	if strings.HasSuffix(main, ".xml") && strings.HasPrefix(main, "xl/") && w.parts[strings.ToLower(main)] != nil {
		return main, nil
	}
	what, remedy := "đây là tệp nén ZIP, không phải bảng tính", "Giải nén rồi gửi từng tệp .xlsx"
	switch {
	case strings.HasSuffix(main, ".bin"):
		what, remedy = "tệp có định dạng Excel nhị phân (.xlsb)", saveAsXLSX
	case w.parts["content.xml"] != nil && w.parts["mimetype"] != nil:
		what, remedy = "tệp có định dạng OpenDocument (.ods)", "Lưu lại dưới dạng .xlsx rồi gửi tệp mới"
	case strings.HasPrefix(main, "word/"):
		what, remedy = "đây là văn bản Word, không phải bảng tính", "Chép bảng sang Excel, lưu dạng .xlsx rồi gửi"
	case w.parts["[content_types].xml"] != nil:
		return "", w.broken("", errors.New("doc: no workbook part"))
	}
	return "", w.fail("", what, remedy, nil)
}

// open gives a part's XML. It is never longer than the directory promises: the ZIP reader
// sees to that.
func (w *workbook) open(name string) (io.ReadCloser, error) {
	f := w.parts[strings.ToLower(name)]
	if f == nil {
		return nil, w.broken("", errors.New("doc: no part "+name))
	}
	r, err := f.Open()
	if err != nil {
		return nil, w.broken("", err)
	}
	return r, nil
}

var errLongToken = errors.New("doc: XML token above the limit")

// tokens feeds the XML decoder, which holds each token whole, and stops it at one that is
// too long. The decoder reads byte by byte and not ahead, as it promises for a ByteReader.
type tokens struct {
	*bufio.Reader
	left int // bytes the present token may still take
}

func (t *tokens) ReadByte() (byte, error) {
	if t.left--; t.left < 0 {
		return 0, errLongToken
	}
	return t.Reader.ReadByte()
}

// decode walks the tokens of a part. Names come without their prefix, so that files with
// prefixes or the strict dialect read alike. visit returns io.EOF to stop early.
func (w *workbook) decode(name, place string, visit func(xml.Token) error) error {
	r, err := w.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	src := &tokens{Reader: bufio.NewReaderSize(r, 64<<10)}
	d := xml.NewDecoder(src)
	depth, any := 0, false
	for {
		src.left = 4*w.lim.CellBytes + 64<<10 // characters may be written as &#x1EC7;
		tok, err := d.RawToken()
		switch {
		case err == io.EOF && depth == 0 && any:
			return nil
		case err == io.EOF:
			err = io.ErrUnexpectedEOF
		case err == nil:
			switch tok.(type) {
			case xml.StartElement:
				depth++
				any = true
			case xml.EndElement:
				depth--
			case xml.Directive: // a DTD; it can only carry entities to blow up
				err = errors.New("doc: document type in a part")
			}
			if err == nil {
				err = visit(tok)
			}
			if err == io.EOF {
				return nil
			}
		}
		if err != nil {
			if errors.Is(err, errLongToken) {
				return w.tooLongCell(place)
			}
			return w.broken(place, err)
		}
	}
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }

// maxSheets bounds what a workbook lists; real ones have a few dozen sheets.
const maxSheets = 2000

type relation struct{ id, kind, target string }

// relations reads a relationships part; targets become names of parts.
func (w *workbook) relations(name, base string) ([]relation, error) {
	var rels []relation
	err := w.decode(name, "", func(tok xml.Token) error {
		e, ok := tok.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || strings.EqualFold(attr(e, "TargetMode"), "External") {
			return nil
		}
		target := strings.ReplaceAll(attr(e, "Target"), `\`, "/")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(base, target)
		}
		if len(rels) == maxSheets {
			return errors.New("doc: too many relations")
		}
		rels = append(rels, relation{attr(e, "Id"), attr(e, "Type"), target})
		return nil
	})
	return rels, err
}

// load reads everything but the sheets.
func (w *workbook) load(t *Table, main string) error {
	dir, file := path.Split(main)
	rels, err := w.relations(dir+"_rels/"+file+".rels", dir)
	if err != nil {
		return err
	}
	sheets := map[string]string{}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/worksheet"):
			sheets[r.id] = r.target
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			err = w.loadShared(r.target)
		case strings.HasSuffix(r.kind, "/styles"):
			err = w.loadStyles(r.target)
		}
		if err != nil {
			return err
		}
	}
	return w.decode(main, "", func(tok xml.Token) error {
		e, ok := tok.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "workbookPr":
			w.date1904 = isTrue(attr(e, "date1904"))
		case "sheet":
			part, ok := sheets[attr(e, "id")]
			if !ok {
				return nil // a chart sheet or a macro sheet
			}
			if len(t.sheets) == maxSheets {
				return errors.New("doc: too many sheets")
			}
			state := attr(e, "state")
			t.sheets = append(t.sheets, &xlsxSheet{
				workbook: w, part: part, name: cellText(attr(e, "name")),
				isHidden: state == "hidden" || state == "veryHidden",
			})
		}
		return nil
	})
}

// texts holds many strings in one piece of memory.
type texts struct {
	all  []byte
	ends []uint32
}

func (t *texts) add(s string) {
	t.all = append(t.all, s...)
	t.ends = append(t.ends, uint32(len(t.all)))
}

func (t *texts) get(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return string(t.all[from:t.ends[i]]), true
}

// loadShared reads the texts that cells refer to by number. Phonetic hints are left out.
func (w *workbook) loadShared(name string) error {
	var b []byte
	inText, phonetic := false, 0
	return w.decode(name, "", func(tok xml.Token) error {
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				b = b[:0]
			case "t":
				inText = phonetic == 0
			case "rPh":
				phonetic++
			}
		case xml.CharData:
			if inText {
				b = append(b, e...)
			}
			if len(b) > w.lim.CellBytes {
				return w.tooLongCell("")
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				w.shared.add(cellText(unescapeX(string(b))))
				if int64(len(w.shared.all)+4*len(w.shared.ends)) > w.lim.TextBytes {
					return w.bomb()
				}
			case "t":
				inText = false
			case "rPh":
				phonetic--
			}
		}
		return nil
	})
}

// unescapeX replaces _x000D_ and the like, the way XLSX writes characters that XML cannot
// hold (ECMA-376 part 1, section 22.9.2.19).
func unescapeX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if strings.HasPrefix(s[i:], "_x") && len(s) >= i+7 && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// maxStyles is how many cell formats Excel itself allows.
const maxStyles = 65_490

// loadStyles keeps of each cell format what its number format means.
func (w *workbook) loadStyles(name string) error {
	custom := map[int]shape{}
	inCells := false
	return w.decode(name, "", func(tok xml.Token) error {
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				if id, err := strconv.Atoi(attr(e, "numFmtId")); err == nil && len(custom) < maxStyles {
					custom[id] = shapeOf(attr(e, "formatCode"))
				}
			case "cellXfs":
				inCells = true
			case "xf":
				if !inCells || len(w.shapes) >= maxStyles {
					return nil
				}
				id, _ := strconv.Atoi(attr(e, "numFmtId")) // a malformed one is General
				sh, ok := custom[id]
				if !ok {
					sh = builtInShape(id)
				}
				w.shapes = append(w.shapes, sh)
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				inCells = false
			}
		}
		return nil
	})
}
