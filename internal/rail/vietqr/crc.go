package vietqr

import "fmt"

// crcTable is CRC-16 of every single byte, polynomial 0x1021, high bit first.
var crcTable = func() (t [256]uint16) {
	for i := range t {
		c := uint16(i) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ 0x1021
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}()

// CRC is CRC-16/CCITT-FALSE over the bytes of s: polynomial 0x1021, start 0xFFFF, nothing
// reflected, no final XOR. For field 63 s is the whole text up to and with "6304". Text beyond
// ASCII counts by its UTF-8 bytes, as the packages that issue such codes do (vector crc-d07).
func CRC(s string) uint16 {
	c := uint16(0xFFFF)
	for i := range len(s) {
		c = c<<8 ^ crcTable[byte(c>>8)^s[i]]
	}
	return c
}

// crcText is the value of field 63: four hex digits in upper case.
func crcText(s string) string { return fmt.Sprintf("%04X", CRC(s)) }
