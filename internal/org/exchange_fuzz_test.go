package org

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
)

// Whatever a file holds, an import of it ends in problems that say what to do, or in a
// register without contradictions.
func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"Mã địa bàn,Tên địa bàn,Cấp,Mã địa bàn cấp trên,Có hiệu lực từ\nA,Tỉnh A,Cấp tỉnh,,01/01/2004\nA.1,Xã B,Cấp xã,A,01/07/2025\n",
		"Mã cơ sở,Tên cơ sở,Ngành,Loại cơ sở\n,,,\nX,Y,Y tế,Trạm y tế\n",
		"Mã cơ sở,Mã địa bàn,Từ ngày\nX,A,01/01/2026\nX,A,01/01/2026\n",
		"Mã khoản thu;Tên khoản thu;Ngành;Mức trần;Tự nguyện;Từ ngày\nA;B;Giáo dục;-5;x;45000\n",
		"Đối tượng\tMã cũ\tMã mới\nCơ sở\tA\tA\n",
		"\x00\xff", "",
	} {
		f.Add(seed)
	}
	clk := clock.NewManual(time.Date(2026, 9, 5, 0, 0, 0, 0, time.UTC))
	f.Fuzz(func(t *testing.T, s string) {
		lists, result, err := readFiles([]File{{Name: "a.csv", Body: strings.NewReader(s), Size: int64(len(s))}})
		if err != nil {
			if _, ok := err.(*doc.FileError); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		d := newDraft(&Service{IDs: id.NewGenNode(clk, 1), Clock: clk}, register{})
		for _, l := range lists {
			d.apply(l)
		}
		d.finish()
		problems := append(result.Problems, d.problems...)
		for _, p := range problems {
			if p.Reason == "" || p.Remedy == "" {
				t.Fatalf("a problem without reason or remedy: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		r := register{areas: d.areas.values(), agencies: d.agencies.values(), facilities: d.facilities.values(), places: d.places.values(), accounts: d.accounts.values()}
		if bad := r.check(); len(bad) > 0 {
			t.Fatalf("no problems, yet %v", bad)
		}
		for _, l := range layouts { // and it can be exported
			out, err := doc.NewCSV(&bytes.Buffer{}, l.docColumns())
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range l.rows(r, newCodes(r)) {
				if err := out.Row(row...); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
