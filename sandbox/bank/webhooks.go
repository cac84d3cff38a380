package bank

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"
)

func sum(h func() hash.Hash, secret, text string) string {
	m := hmac.New(h, []byte(secret))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

// local is a time as the aggregators write it.
func local(t time.Time) string { return t.In(zone).Format(time.DateTime) }

// encode is compact JSON with the keys of maps in order and nothing escaped for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// sepayMessage is SePay's bank webhook, signed by HMAC (reference payment-rails, section 7).
func sepayMessage(secret string, a Account, m Movement, now time.Time) (message, error) {
	var sub any
	if m.VirtualAccount != "" {
		sub = m.VirtualAccount
	}
	body, err := encode(struct {
		ID          int64  `json:"id"`
		Gateway     string `json:"gateway"`
		Date        string `json:"transactionDate"`
		Account     string `json:"accountNumber"`
		Sub         any    `json:"subAccount"`
		Code        any    `json:"code"`
		Content     string `json:"content"`
		Type        string `json:"transferType"`
		Amount      int64  `json:"transferAmount"`
		Accumulated int64  `json:"accumulated"`
		Reference   string `json:"referenceCode"`
		Description string `json:"description"`
	}{m.ID, a.Brand, local(m.At), a.Number, sub, nil, m.Memo, "in", int64(m.Amount), int64(m.Balance), m.Ref, "BankAPINotify " + m.Memo})
	stamp := strconv.FormatInt(now.Unix(), 10)
	return message{body, map[string]string{
		"X-SePay-Timestamp": stamp,
		"X-SePay-Signature": "sha256=" + sum(sha256.New, secret, stamp+"."+string(body)),
	}}, err
}

// cassoMessage is Casso's webhook of version 2 (section 8). All text is ASCII, so its own
// JSON with sorted keys is also the text that is signed.
func cassoMessage(secret string, a Account, m Movement, now time.Time) (message, error) {
	body, err := encode(map[string]any{"error": 0, "data": map[string]any{
		"id": m.ID, "reference": m.Ref, "description": m.Memo, "amount": int64(m.Amount), "runningBalance": int64(m.Balance),
		"transactionDateTime": local(m.At), "accountNumber": a.Number, "bankName": a.Brand, "bankAbbreviation": a.Brand,
		"virtualAccountNumber": m.VirtualAccount, "virtualAccountName": "",
		"counterAccountName": m.PayerName, "counterAccountNumber": m.PayerAccount, "counterAccountBankId": "", "counterAccountBankName": m.PayerBank,
	}})
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	return message{body, map[string]string{"X-Casso-Signature": "t=" + stamp + ",v1=" + sum(sha512.New, secret, stamp+"."+string(body))}}, err
}

// payosMessage is payOS's webhook (section 6): the signature covers the members of data by
// name, name=value joined by "&".
func payosMessage(secret string, a Account, m Movement) (message, error) {
	data := map[string]any{
		"orderCode": m.ID, "amount": int64(m.Amount), "description": m.Memo, "accountNumber": a.Number, "reference": m.Ref,
		"transactionDateTime": local(m.At), "currency": "VND", "paymentLinkId": fmt.Sprintf("%032x", m.ID), "code": "00", "desc": "Thanh cong",
		"counterAccountBankId": "", "counterAccountBankName": m.PayerBank, "counterAccountName": m.PayerName, "counterAccountNumber": m.PayerAccount,
		"virtualAccountName": "", "virtualAccountNumber": m.VirtualAccount,
	}
	var pairs []string
	for k, v := range data {
		pairs = append(pairs, fmt.Sprintf("%s=%v", k, v))
	}
	slices.Sort(pairs)
	body, err := encode(map[string]any{
		"code": "00", "desc": "success", "success": true, "data": data, "signature": sum(sha256.New, secret, strings.Join(pairs, "&")),
	})
	return message{body: body}, err
}
