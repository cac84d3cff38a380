package mt940

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/passbooktest"
)

// FuzzMT940: no panic, and every answer is either a file whose lines keep their rules or an
// error of ours.
func FuzzMT940(f *testing.F) {
	for _, seed := range passbooktest.Seeds(f, ".sta", ".txt") {
		f.Add(seed)
	}
	f.Add([]byte(":20:A\r:25:1\r:28C:1/2\r:60F:C261121VND10,\r:61:2611221122RD5,NMSCNONREF//X\r:86:166?00A?20SVWZ+B?32C\r:62F:C261122VND5,\r:86:/EREF/1/REMI/x\r-"))
	f.Add([]byte("{1:F01A}{2:I942A}{4:\n:20:A\n:34F:VND0,\n:13D:2611221030+0700\n:90C:1VND5,\n-}"))
	f.Add([]byte("@@:20:A@@:61:261122C1,@@:86:OD: X; TYT.: Y;@@"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Read(bytes.NewReader(raw), passbook.Limits{Bytes: 1 << 20, Lines: 1000})
		passbooktest.Check(t, file, err)
	})
}

// BenchmarkRead measures lines a second of a day's statement with 10,000 credits.
func BenchmarkRead(b *testing.B) {
	const lines = 10_000
	text := ":20:A\r\n:25:0011000000001\r\n:28C:1\r\n:60F:C261121VND0,\r\n" +
		strings.Repeat(":61:2611221122CD1550000,NTRFNONREF//FT26326000000001\r\n:86:MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN\r\n VAN A toi 0011000000001 TRUONG TH HOA SEN\r\n", lines) +
		":62F:C261122VND15500000000,\r\n-\r\n"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Read(strings.NewReader(text), passbook.Limits{})
		if err != nil || len(f.Statements[0].Lines) != lines {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
