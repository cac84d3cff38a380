package doc

import (
	"bytes"
	"strings"
	"testing"
)

func samplePoster(tb testing.TB, accounts int) *Poster {
	tb.Helper()
	n := sampleNotice(tb)
	p := &Poster{Payee: n.Payee, Contact: n.Contact, LookUp: "hocphi.langiang.example", NoFee: true, MadeAt: at("2026-11-22 08:00")}
	for i := range accounts {
		a := n.Account
		a.Number = strings.Repeat(string(rune('1'+i)), 10)
		p.Accounts = append(p.Accounts, PosterAccount{a, testQR(tb, "tai khoan "+a.Number)})
	}
	return p
}

func posterPDF(tb testing.TB, p *Poster) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := WritePoster(&b, p); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestPoster(t *testing.T) {
	for accounts := 1; accounts <= MaxPosterAccounts; accounts++ {
		p := samplePoster(t, accounts)
		p.Sample = accounts == 1
		pdf := posterPDF(t, p)
		pages := pdfText(t, pdf)
		if len(pages) != 1 {
			t.Fatalf("%d pages", len(pages))
		}
		wantTexts(t, pages[0], "Quét mã để trả tiền", "Trường Tiểu học Cát Vàng", "Cô Nguyễn Thị Thu Hà", "mã OTP",
			"hocphi.langiang.example", "không mất phí", "In ngày 22/11/2026")
		if strings.Contains(pages[0], "DỮ LIỆU MẪU") != p.Sample {
			t.Error("the sample badge is wrong")
		}
		for _, a := range p.Accounts {
			wantTexts(t, pages[0], groupDigits(a.Number))
		}
		if got := scan(t, pdf); len(got) != accounts {
			t.Errorf("%d accounts, scanned %q", accounts, got)
		}
	}
}

func TestPosterFitsLongNames(t *testing.T) {
	for accounts := 1; accounts <= MaxPosterAccounts; accounts++ {
		p := samplePoster(t, accounts)
		p.Payee.Name = strings.Repeat("Trường Phổ thông dân tộc nội trú ", 4)
		for i := range p.Accounts {
			p.Accounts[i].Bank = "Ngân hàng Nông nghiệp và Phát triển Nông thôn, chi nhánh Cát Vàng"
			p.Accounts[i].Holder = "TRUONG PHO THONG DAN TOC NOI TRU THCS VA THPT CAT VANG"
		}
		pdf := posterPDF(t, p)
		pages := pdfText(t, pdf)
		if len(pages) != 1 {
			t.Fatalf("%d pages", len(pages))
		}
		wantTexts(t, pages[0], "In ngày 22/11/2026") // the last line is on the paper
		if accounts == MaxPosterAccounts {
			if got := scan(t, pdf); len(got) != accounts {
				t.Errorf("%d accounts, scanned %q", accounts, got)
			}
		}
	}
}

func TestPosterRefuses(t *testing.T) {
	for name, p := range map[string]*Poster{
		"no account":    samplePoster(t, 0),
		"five accounts": samplePoster(t, 5),
		"no name":       {MadeAt: at("2026-11-22 08:00"), Accounts: samplePoster(t, 1).Accounts},
	} {
		var b bytes.Buffer
		if err := WritePoster(&b, p); err == nil {
			t.Errorf("%s: printed", name)
		}
	}
}
