package passbook

import "strings"

// AccountNumber is the bare number in what banks write into account fields: without spaces,
// without a bank code or BIC before a slash ("45050050/76198810"), without a currency behind
// ("0123456789EUR").
func AccountNumber(account string) string {
	account = Compact(account)
	if i := strings.LastIndexByte(account, '/'); i >= 0 && i+1 < len(account) {
		account = account[i+1:]
	}
	if n := len(account) - 3; n > 5 && account[n-1] >= '0' && account[n-1] <= '9' {
		letters := strings.Trim(account[n:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
		if letters && strings.Trim(account[2:n], "0123456789") == "" {
			account = account[:n]
		}
	}
	return account
}
