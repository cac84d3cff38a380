package passbook

import "strings"

// Bank is a bank in Viet Nam as its files name it.
type Bank struct {
	// Code is the short name used in Message: "vietcombank".
	Code string
	// BIN is the bank's 6-digit number at NAPAS; BIC its first eight letters at SWIFT.
	BIN, BIC string
	// Name as people write it.
	Name string
}

// Banks whose exports or BICs are recognised; the numbers are the public VietQR list's.
var Banks = []Bank{
	{"vietcombank", "970436", "BFTVVNVX", "Vietcombank"},
	{"bidv", "970418", "BIDVVNVX", "BIDV"},
	{"vietinbank", "970415", "ICBVVNVX", "VietinBank"},
	{"mb", "970422", "MSCBVNVX", "MB Bank"},
	{"techcombank", "970407", "VTCBVNVX", "Techcombank"},
	{"agribank", "970405", "VBAAVNVX", "Agribank"},
	{"acb", "970416", "ASCBVNVX", "ACB"},
	{"sacombank", "970403", "SGTTVNVX", "Sacombank"},
	{"vpbank", "970432", "VPBKVNVX", "VPBank"},
	{"tpbank", "970423", "TPBVVNVX", "TPBank"},
	{"shb", "970443", "SHBAVNVX", "SHB"},
	{"hdbank", "970437", "HDBCVNVX", "HDBank"},
	{"vib", "970441", "VNIBVNVX", "VIB"},
	{"msb", "970426", "MCOBVNVX", "MSB"},
	{"lpbank", "970449", "LVBKVNVX", "LPBank"},
	{"eximbank", "970431", "EBVIVNVX", "Eximbank"},
	{"seabank", "970440", "SEAVVNVX", "SeABank"},
	{"ocb", "970448", "ORCOVNVX", "OCB"},
}

// BankByBIC finds a bank by its BIC of 8 or 11 letters.
func BankByBIC(bic string) (Bank, bool) {
	bic = strings.ToUpper(strings.TrimSpace(bic))
	for _, b := range Banks {
		if len(bic) >= 8 && bic[:8] == b.BIC {
			return b, true
		}
	}
	return Bank{}, false
}

// BankByCode finds a bank by its short name.
func BankByCode(code string) (Bank, bool) {
	for _, b := range Banks {
		if b.Code == code {
			return b, true
		}
	}
	return Bank{}, false
}
