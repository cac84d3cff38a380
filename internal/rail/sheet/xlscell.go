package sheet

import (
	"encoding/binary"
	"math"
	"strconv"
)

// cell reads a record with one cell; nil for other records.
func (b *biff) cell(id uint16, data []byte) (*placed, error) {
	switch id {
	case recLabelSST, recNumber, recRK, recFormula, recLabel, recRString, recBoolErr:
	default:
		return nil, nil
	}
	if len(data) < 8 {
		return nil, errBIFF
	}
	p := &placed{row: int(binary.LittleEndian.Uint16(data)), column: int(binary.LittleEndian.Uint16(data[2:]))}
	body := data[6:]
	switch id {
	case recLabelSST:
		if len(body) < 4 {
			return nil, errBIFF
		}
		if i := binary.LittleEndian.Uint32(body); uint64(i) < uint64(len(b.shared)) {
			p.cell.text = b.shared[i]
		}
	case recRK:
		if len(body) < 4 {
			return nil, errBIFF
		}
		p.cell = rk(binary.LittleEndian.Uint32(body))
	case recNumber:
		if len(body) < 8 {
			return nil, errBIFF
		}
		p.cell = double(binary.LittleEndian.Uint64(body))
	case recLabel, recRString:
		s, err := (&biffText{segments: [][]byte{body}}).long()
		if err != nil {
			return nil, err
		}
		p.cell.text = s
	case recBoolErr:
		if body[1] != 0 {
			p.cell = cell{text: "#LỖI", kind: broken}
		}
	case recFormula:
		return p, b.formula(p, body)
	}
	return p, nil
}

// formula reads the stored result of a formula; a text result stands in the next record.
func (b *biff) formula(p *placed, body []byte) error {
	p.cell.formula = true
	if len(body) < 8 {
		return errBIFF
	}
	if body[6] != 0xFF || body[7] != 0xFF {
		formula := double(binary.LittleEndian.Uint64(body))
		p.cell.text, p.cell.kind = formula.text, formula.kind
		return nil
	}
	switch body[0] {
	case 0:
		before := b.at
		for { // array and shared formulas may stand between
			id, data, err := b.record()
			if err != nil || id == recEOF {
				b.at = before
				return nil
			}
			if id == recString {
				p.cell.text, err = (&biffText{segments: [][]byte{data}}).long()
				return err
			}
			if id == recFormula || id == recLabelSST || id == recNumber {
				b.at = before
				return nil
			}
		}
	case 2:
		p.cell.text, p.cell.kind = "#LỖI", broken
	}
	return nil
}

// rk is a number in 30 bits: a whole number or the head of a double, perhaps times 100.
func rk(v uint32) cell {
	if v&2 == 0 {
		f := math.Float64frombits(uint64(v&^3) << 32)
		if v&1 != 0 {
			f /= 100
		}
		return double(math.Float64bits(f))
	}
	n := int64(int32(v) >> 2)
	digits := strconv.FormatInt(n, 10)
	if v&1 == 0 {
		return cell{text: digits, kind: number}
	}
	return cell{text: strconv.FormatInt(n/100, 10) + "." + twoDigits(n%100), kind: number}
}

func twoDigits(n int64) string {
	if n < 0 {
		n = -n
	}
	return string([]byte{byte('0' + n/10), byte('0' + n%10)})
}

// double writes a stored double with the fewest digits that give it back: the file has no
// other form of the number.
func double(bits uint64) cell {
	return cell{text: strconv.FormatFloat(math.Float64frombits(bits), 'f', -1, 64), kind: number}
}
