package statement

import (
	"bytes"
	"regexp"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// format is what the first bytes of a file show.
type format string

const (
	formatCamt     format = "camt"
	formatMT       format = "mt"
	formatXLSX     format = "xlsx"
	formatXLS      format = "xls"
	formatXMLSheet format = "xml-sheet"
	formatHTML     format = "html"
	formatText     format = "text"
	formatPDF      format = "pdf"
	formatMHTML    format = "mhtml"
	formatArchive  format = "archive"
	formatImage    format = "image"
	formatODS      format = "ods"
	formatXML      format = "xml"
)

// sniffBytes is how far into a file the sniffing looks.
const sniffBytes = 16 << 10

var (
	// mtStart is a field of MT940 at the start of a line, or a SWIFT envelope.
	mtStart   = regexp.MustCompile(`(?i)(^|[\r\n\x01-\x1f]|@@|\{4:)[ \t]*(:(20|25P?|28C?|6[02][FM]?|61|940|942):)|^[\s\x00-\x1f]*\{1:`)
	htmlStart = regexp.MustCompile(`(?i)<\s*(!doctype\s+html|html|head|body|table|meta|style|div|tr)\b`)
	camtStart = regexp.MustCompile(`BkToCstmr(Stmt|AcctRpt|DbtCdtNtfctn)|camt\.05[234]\.`)
	xmlStart  = regexp.MustCompile(`<\?xml|<[A-Za-z]`)
)

// sniff tells the format by the content.
func sniff(raw []byte) format {
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return sniffZip(raw)
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return formatXLS
	case bytes.HasPrefix(raw, []byte("%PDF")):
		return formatPDF
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")), bytes.HasPrefix(raw, []byte("\x89PNG")):
		return formatImage
	case bytes.HasPrefix(raw, []byte("Rar!")), bytes.HasPrefix(raw, []byte("7z\xbc\xaf")), bytes.HasPrefix(raw, []byte("\x1f\x8b")):
		return formatArchive
	}
	head := narrow(raw[:min(len(raw), 2*sniffBytes)])
	head = head[:min(len(head), sniffBytes)]
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("MIME-Version:")):
		return formatMHTML
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")):
		return sniffMarkup(head)
	case mtStart.Match(head):
		return formatMT
	}
	return formatText
}

// narrow makes UTF-16 readable for the patterns by dropping its zero bytes, and drops byte
// order marks.
func narrow(head []byte) []byte {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	wide := bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) ||
		bytes.Count(head, []byte{0}) > len(head)/3
	if !wide {
		return head
	}
	head = bytes.TrimPrefix(bytes.TrimPrefix(head, []byte{0xff, 0xfe}), []byte{0xfe, 0xff})
	return bytes.ReplaceAll(head, []byte{0}, nil)
}

func sniffMarkup(head []byte) format {
	switch {
	case camtStart.Match(head):
		return formatCamt
	case bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:spreadsheet")) && bytes.Contains(head, []byte("Workbook")) &&
		!htmlStart.Match(head):
		return formatXMLSheet
	case htmlStart.Match(head):
		return formatHTML
	case bytes.Contains(head, []byte("<!DOCTYPE")), bytes.Contains(head, []byte("<!ENTITY")):
		return formatCamt // its reader refuses the document type with the right message
	case xmlStart.Match(head):
		return formatXML
	}
	return formatText
}

// sniffZip tells a workbook from other zip files by the names in it.
func sniffZip(raw []byte) format {
	switch {
	case bytes.Contains(raw, []byte("xl/workbook")) || bytes.Contains(raw, []byte("xl/worksheets")):
		return formatXLSX
	case bytes.Contains(raw[:min(len(raw), sniffBytes)], []byte("application/vnd.oasis.opendocument.spreadsheet")):
		return formatODS
	}
	return formatArchive
}

// unsupported explains in Vietnamese what to do with a format that is not read.
func unsupported(f format) error {
	message := map[format]string{
		formatPDF:     "Tệp là PDF, không đọc được chính xác từng dòng. Hãy tải sao kê dạng Excel (.xlsx), CSV, MT940 hoặc camt.053 từ ngân hàng.",
		formatMHTML:   "Tệp là trang web đã lưu (MHTML). Hãy mở bằng Excel, lưu lại dạng .xlsx rồi nhập lại.",
		formatArchive: "Tệp là tệp nén. Hãy giải nén rồi nhập từng tệp sao kê bên trong.",
		formatImage:   "Tệp là hình ảnh. Hãy tải sao kê dạng Excel (.xlsx), CSV, MT940 hoặc camt.053 từ ngân hàng.",
		formatODS:     "Tệp là bảng tính OpenDocument (.ods). Hãy lưu lại dạng .xlsx rồi nhập lại.",
		formatXML:     "Tệp XML không phải sao kê ISO 20022 (camt.052, camt.053 hoặc camt.054). Hãy chọn đúng tệp sao kê của ngân hàng.",
	}[f]
	return passbook.Errorf(passbook.Unsupported, "%s", message)
}
