package sheet

import (
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// bankWords are the words that name a bank on its export, folded, the surest first.
var bankWords = []struct{ code, words string }{
	{"vietcombank", "vcb cashup; vietcombank; ngoai thuong viet nam; vcb"},
	{"bidv", "dau tu va phat trien viet nam; bidv; bao cao chi tiet so du tai khoan"},
	{"vietinbank", "vietinbank; cong thuong viet nam; efast; lich su giao dich transaction history"},
	{"mb", "tmcp quan doi; ngan hang quan doi; mbbank; mb bank; biz mbbank; sao ke chi tiet tai khoan"},
	{"techcombank", "techcombank; ky thuong viet nam; tcb"},
	{"agribank", "agribank; nong nghiep va phat trien nong thon"},
	{"acb", "ngan hang a chau; tmcp a chau; acb"},
	{"sacombank", "sacombank; sai gon thuong tin"},
	{"vpbank", "vpbank; viet nam thinh vuong"},
	{"tpbank", "tpbank; tmcp tien phong"},
	{"hdbank", "hdbank"},
	{"vib", "vib; tmcp quoc te viet nam"},
	{"msb", "msb; tmcp hang hai"},
	{"lpbank", "lpbank; lienvietpostbank; loc phat viet nam; buu dien lien viet"},
	{"eximbank", "eximbank"},
	{"seabank", "seabank"},
	{"ocb", "ocb; tmcp phuong dong"},
	{"shb", "shb; sai gon ha noi"},
}

// unknownBank is the code of an export whose bank nothing tells; it is read all the same.
const unknownBank = "unknown"

// findBank tells the bank: by the words above the table and the sheet's name, else by the
// header's own wording, else by the file's name.
func findBank(above []row, sheetName, fileName string, h *header) string {
	for _, r := range above {
		for _, c := range r.cells {
			if c.kind != text {
				continue
			}
			if code := named(words(c.text)); code != "" {
				return code
			}
		}
	}
	if code := named(words(sheetName)); code != "" {
		return code
	}
	if code := signature(h); code != "" {
		return code
	}
	file := words(fileName)
	if code := named(file); code != "" {
		return code
	}
	if strings.HasPrefix(file, "transaction history") {
		return "techcombank"
	}
	return unknownBank
}

func named(text string) string {
	text = " " + text + " "
	for _, b := range bankWords {
		for _, w := range strings.Split(b.words, "; ") {
			if strings.Contains(text, " "+w+" ") {
				return b.code
			}
		}
	}
	return ""
}

// signature tells a bank by header wording that only it uses.
func signature(h *header) string {
	has := func(titles ...string) bool {
		for _, t := range titles {
			found := slices.ContainsFunc(h.names, func(n string) bool { return strings.HasPrefix(n, t) })
			if !found {
				return false
			}
		}
		return true
	}
	switch {
	case h.dateWithRef:
		return "vietcombank"
	case has("ngay kh thuc hien", "so but toan"):
		return "techcombank"
	case has("ngay phat sinh", "ngay hach toan", "so giao dich"):
		return "vietinbank"
	case has("ngay hach toan", "phat sinh no", "phat sinh co"):
		return "mb"
	case has("ngay gd", "so tham chieu", "phat sinh no", "phat sinh co"):
		return "bidv"
	case has("ngay hieu luc", "ghi no", "ghi co", "mo ta"):
		return "bidv"
	case len(h.names) <= 6 && has("ngay giao dich", "so tham chieu", "so tien", "mo ta"):
		return "vietcombank"
	}
	return ""
}

// bankOf fills in what the bank's code tells.
func bankOf(s *passbook.Statement, code string) {
	if b, known := passbook.BankByCode(code); known {
		s.BankBIN, s.BankName = b.BIN, b.Name
	}
}
