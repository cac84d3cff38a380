package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// ReadCSV reads a text export with commas, semicolons, tabs or bars between the cells, in any
// encoding of passbook.DecodeText. See ReadXLSX for the result.
//
// Errors are *passbook.Error: NoTable, Malformed, TooLarge.
func ReadCSV(raw []byte, name string, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	content, repaired, err := passbook.DecodeText(raw)
	if err != nil {
		return nil, err
	}
	if err := checkLineLengths(content); err != nil {
		return nil, err
	}
	content, comma := separator(content)
	r := csv.NewReader(strings.NewReader(content))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	f, err := assemble(one(grid{next: func() (row, error) { return csvRow(r) }}), name, limits)
	if err == nil && repaired {
		f.Problems = append(f.Problems, passbook.RepairedText())
	}
	return f, err
}

func csvRow(r *csv.Reader) (row, error) {
	record, err := r.Read()
	if err == io.EOF {
		return row{}, err
	}
	line, _ := 0, 0
	if err != nil {
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			line = parse.StartLine
		}
		return row{}, passbook.Errorf(passbook.Malformed,
			"Dòng CSV bị hỏng (dấu nháy kép không khép). Hãy tải lại tệp hoặc lưu lại dạng .xlsx.").At("dòng %d", line).Because(err)
	}
	line, _ = r.FieldPos(0)
	out := row{n: line, cells: make([]cell, min(len(record), maxColumns))}
	for i := range out.cells {
		if len(record[i]) > maxCellText {
			return row{}, passbook.Errorf(passbook.Malformed,
				"Ô %s dài hơn %d ký tự: có thể một dấu nháy kép không khép. Hãy tải lại tệp hoặc lưu lại dạng .xlsx.",
				cellName(i, line), maxCellText).At("dòng %d", line)
		}
		out.cells[i] = cell{text: strings.Clone(record[i])}
	}
	return out, nil
}

// maxLine is the longest line of text; longer ones would cost far more than their size when
// cut into cells.
const maxLine = 256 << 10

func checkLineLengths(content string) error {
	for n := 1; content != ""; n++ {
		line, rest, _ := strings.Cut(content, "\n")
		if len(line) > maxLine {
			return passbook.Errorf(passbook.Malformed, "Dòng dài hơn %d ký tự, không phải tệp CSV sao kê. Hãy chọn đúng tệp.", maxLine).At("dòng %d", n)
		}
		content = rest
	}
	return nil
}

// separatorLines is how many lines are looked at to find the separator.
const separatorLines = 80

// separator finds what stands between the cells: what Excel's own first line "sep=;" says,
// else the sign that cuts the most lines into at least three cells.
func separator(content string) (string, rune) {
	if first, rest, ok := strings.Cut(content, "\n"); ok {
		if sign, is := strings.CutPrefix(strings.TrimSpace(first), "sep="); is && len(sign) == 1 {
			return rest, rune(sign[0])
		}
	}
	best, bestScore := ',', 0
	for _, candidate := range [...]rune{'\t', ';', ',', '|'} {
		score, rest := 0, content
		for range separatorLines {
			line, after, more := strings.Cut(rest, "\n")
			if countOutsideQuotes(line, candidate) >= 2 {
				score++
			}
			if rest = after; !more {
				break
			}
		}
		if score > bestScore {
			best, bestScore = candidate, score
		}
	}
	return content, best
}

func countOutsideQuotes(line string, sign rune) int {
	n, quoted := 0, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == sign && !quoted:
			n++
		}
	}
	return n
}
