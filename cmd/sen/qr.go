package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vnd"
)

type qrCmd struct {
	Encode qrEncodeCmd `cmd:"" help:"Tạo mã VietQR chuyển tiền vào một tài khoản."`
	Decode qrDecodeCmd `cmd:"" help:"Đọc và kiểm chuỗi của một mã VietQR."`
}

type qrEncodeCmd struct {
	Bin     string `required:"" placeholder:"BIN" help:"Ngân hàng nhận: BIN 6 số hoặc mã như VCB."`
	Account string `required:"" placeholder:"SỐ" help:"Số tài khoản nhận."`
	Amount  string `placeholder:"ĐỒNG" help:"Số tiền; bỏ trống để người trả tự nhập."`
	Memo    string `placeholder:"CHỮ" help:"Nội dung chuyển tiền, bỏ dấu, tối đa 25 ký tự."`
	Out     string `placeholder:"TỆP" help:"Ghi ảnh ra tệp .png hoặc .svg thay vì in chuỗi."`
	JSON    bool   `name:"json" help:"In kết quả dạng JSON."`
}

// pngScale makes a code of usual length about 600 pixels wide.
const pngScale = 12

// Run prints the text of the code, or draws it.
func (c *qrEncodeCmd) Run(env *console) error {
	t := vietqr.Transfer{BIN: c.Bin, Account: c.Account, Memo: c.Memo}
	if b, ok := bank.ByCode(c.Bin); ok {
		t.BIN = b.BIN
	}
	if c.Amount != "" {
		a, err := vnd.Parse(c.Amount)
		if err != nil {
			return refuse("Số tiền %q không đọc được. Ghi số đồng tròn, ví dụ 1250000 hoặc 1.250.000.", c.Amount)
		}
		if a <= 0 {
			return refuse("Số tiền phải lớn hơn 0. Bỏ --amount nếu muốn người trả tự nhập.")
		}
		t.Amount = a
	}
	if err := vietqr.CheckBank(t.BIN); err != nil {
		return refuse("Ngân hàng %q không có trong danh sách VietQR hoặc không nhận được. Ghi BIN 6 số hoặc mã như VCB, BIDV, ICB.", c.Bin)
	}
	text, err := t.Encode()
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := draw(c.Out, text); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		return printJSON(env.out, map[string]string{"payload": text, "file": c.Out})
	case c.Out != "":
		line(env.out, "Đã ghi %s", c.Out)
	default:
		line(env.out, "%s", text)
	}
	return nil
}

func draw(path, text string) error {
	var body []byte
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png":
		b, err := vietqr.PNG(text, pngScale)
		if err != nil {
			return err
		}
		body = b
	case ".svg":
		s, err := vietqr.SVG(text, vietqr.SVGOptions{Label: "Mã VietQR", Size: 600})
		if err != nil {
			return err
		}
		body = []byte(s)
	default:
		return refuse("Tệp %s: chỉ ghi được ảnh .png hoặc .svg.", path)
	}
	return os.WriteFile(path, body, 0o644)
}

type qrDecodeCmd struct {
	Text string `arg:"" placeholder:"CHUỖI" help:"Chuỗi trong mã; dấu - để đọc từ đầu vào chuẩn."`
	JSON bool   `name:"json" help:"In kết quả dạng JSON."`
}

// maxQR is more than any QR code holds.
const maxQR = 8 << 10

// decoded is what a code says, in the words that integrators know from other tools.
type decoded struct {
	Valid      bool   `json:"valid"`
	Error      string `json:"error,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Initiation string `json:"initiationMethod,omitempty"`
	Service    string `json:"service,omitempty"`
	BIN        string `json:"bankBin,omitempty"`
	Bank       string `json:"bank,omitempty"`
	Account    string `json:"accountNumber,omitempty"`
	MerchantID string `json:"merchantId,omitempty"`
	MCC        string `json:"mcc,omitempty"`
	Amount     string `json:"amount,omitempty"`
	Merchant   string `json:"merchantName,omitempty"`
	City       string `json:"merchantCity,omitempty"`
	BillNumber string `json:"billNumber,omitempty"`
	Store      string `json:"storeLabel,omitempty"`
	Reference  string `json:"referenceLabel,omitempty"`
	Customer   string `json:"customerLabel,omitempty"`
	Terminal   string `json:"terminalLabel,omitempty"`
	Purpose    string `json:"purpose,omitempty"`
	CRC        string `json:"crc,omitempty"`
}

// Run prints what the code says; a wrong one ends with code 3.
func (c *qrDecodeCmd) Run(env *console) error {
	text := c.Text
	if text == "-" {
		b, err := io.ReadAll(io.LimitReader(env.in, maxQR))
		if err != nil {
			return fmt.Errorf("đọc đầu vào chuẩn: %w", err)
		}
		text = string(b)
	}
	p, err := vietqr.Decode(strings.TrimSpace(text))
	if err != nil {
		if c.JSON {
			why, code := explain(err)
			if err := printJSON(env.out, decoded{Error: why}); err != nil {
				return err
			}
			return &outcome{code: code}
		}
		return err
	}
	d := decoded{
		Valid: true, Kind: string(p.Kind), Initiation: string(p.Initiation), Service: string(p.Service), BIN: p.BIN, Account: p.Account,
		MerchantID: p.MerchantID, MCC: p.MCC, Merchant: p.MerchantName, City: p.City, BillNumber: p.BillNumber, Store: p.StoreLabel,
		Reference: p.ReferenceLabel, Customer: p.CustomerLabel, Terminal: p.TerminalLabel, Purpose: p.Purpose, CRC: p.CRC,
	}
	if p.Amount > 0 {
		d.Amount = strconv.FormatInt(int64(p.Amount), 10)
	}
	if b, ok := bank.ByBIN(p.BIN); ok {
		d.Bank = b.ShortName
	}
	if c.JSON {
		return printJSON(env.out, d)
	}
	for _, row := range []struct{ label, value string }{
		{"Ngân hàng", strings.TrimSpace(d.Bank + " " + d.BIN)},
		{"Số tài khoản", d.Account},
		{"Mã đơn vị", d.MerchantID},
		{"Tên đơn vị", d.Merchant},
		{"Số tiền", amountText(p.Amount)},
		{"Nội dung", d.Purpose},
		{"Số phiếu", d.BillNumber},
		{"Loại mã", map[string]string{"11": "tĩnh, dùng nhiều lần", "12": "động, có sẵn số tiền"}[d.Initiation]},
	} {
		if row.value != "" {
			line(env.out, "%-13s %s", row.label+":", row.value)
		}
	}
	return nil
}

func amountText(a vnd.Amount) string {
	if a == 0 {
		return "người trả tự nhập"
	}
	return a.String()
}
