package main

import (
	"bytes"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

const about = `Sen: thu học phí, viện phí không dùng tiền mặt.

Mã kết thúc: 0 xong · 1 máy, mạng hoặc cơ sở dữ liệu có trục trặc · 2 lệnh viết sai · 3 dữ liệu đưa vào có chỗ sai · 4 sổ sách không khớp (verify)`

// cli is the command line. Every command that needs a store has --data or --dsn.
type cli struct {
	Version versionFlag `help:"In phiên bản rồi thoát."`

	Serve     serveCmd     `cmd:"" help:"Chạy máy chủ: trang trả tiền, bàn làm việc, điều hành, API."`
	Demo      demoCmd      `cmd:"" help:"Chạy thử với một tỉnh bịa ra và ngân hàng mô phỏng."`
	Migrate   migrateCmd   `cmd:"" help:"Nâng cấu trúc dữ liệu lên phiên bản của chương trình này."`
	Import    importCmd    `cmd:"" help:"Nhập phiếu thu, sao kê, danh mục từ tệp."`
	QR        qrCmd        `cmd:"" name:"qr" help:"Tạo và đọc mã VietQR."`
	Statement statementCmd `cmd:"" help:"Đọc tệp sao kê mà không ghi sổ."`
	Verify    verifyCmd    `cmd:"" help:"Chứng minh sổ sách khớp, từng bất biến một."`
	Bench     benchCmd     `cmd:"" help:"Đo hiệu năng trên kho riêng."`
	User      userCmd      `cmd:"" help:"Người dùng: thêm, đặt mật khẩu, liệt kê."`
	Key       keyCmd       `cmd:"" help:"Khóa API của phần mềm: tạo, liệt kê, thu hồi."`
	Hook      hookCmd      `cmd:"" help:"Địa chỉ nhận báo có của SePay, Casso, payOS: mở, liệt kê, ngừng."`
}

type versionFlag bool

// BeforeReset prints the version as the build recorded it.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	version := "chưa rõ phiên bản"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += " " + s.Value
			}
		}
	}
	fmt.Fprintln(app.Stdout, "sen", version)
	app.Exit(exitDone)
	return nil
}

// headings are the words of kong's help page.
var headings = strings.NewReplacer(
	"Usage:", "Cách dùng:", "Arguments:", "Đối số:", "Flags:", "Tham số:", "Commands:", "Lệnh:",
	"Show context-sensitive help.", "In trang trợ giúp này.",
	"<command>", "<lệnh>", "[flags]", "[tham số]",
)

var (
	runHelp    = regexp.MustCompile(`Run "([^"]*) --help" for more information on a command\.`)
	seeHelp    = regexp.MustCompile(`Run "([^"]*) --help" for more information\.`)
	badFlag    = regexp.MustCompile(`^unknown flag (\S+)`)
	badWord    = regexp.MustCompile(`^unexpected argument (.+?)(, did you mean .*)?$`)
	noFlag     = regexp.MustCompile(`^missing flags?: (.+)$`)
	noWord     = regexp.MustCompile(`^expected (".+"|one of .+)$`)
	badValue   = regexp.MustCompile(`^(--[a-z-]+): (.+)$`)
	connection = regexp.MustCompile(`(?i)\b(postgres(?:ql)?://)[^\s@]*@`)
	password   = regexp.MustCompile(`(?i)\bpassword=\S+`)
)

// vietnameseHelp is kong's help page in Vietnamese.
func vietnameseHelp(options kong.HelpOptions, ctx *kong.Context) error {
	out := ctx.Stdout
	var page bytes.Buffer
	ctx.Stdout = &page
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	text := runHelp.ReplaceAllString(page.String(), `Xem cách dùng một lệnh: $1 --help`)
	text = seeHelp.ReplaceAllString(text, `Xem thêm: $1 --help`)
	_, err = fmt.Fprint(out, headings.Replace(text))
	return err
}

// usageText says in Vietnamese what is wrong with a command line. It never repeats a
// password that stood in it.
func usageText(err error) string {
	text := err.Error()
	switch {
	case badFlag.MatchString(text):
		text = "không có tham số " + badFlag.FindStringSubmatch(text)[1]
	case badWord.MatchString(text):
		text = "thừa hoặc sai chữ " + badWord.FindStringSubmatch(text)[1]
	case noFlag.MatchString(text):
		text = "còn thiếu " + noFlag.FindStringSubmatch(text)[1]
	case noWord.MatchString(text):
		text = "còn thiếu " + strings.NewReplacer("one of ", "một trong: ").Replace(noWord.FindStringSubmatch(text)[1])
	case badValue.MatchString(text):
		m := badValue.FindStringSubmatch(text)
		text = "giá trị của " + m[1] + " không đúng: " + m[2]
	}
	return redact(text) + ". Xem cách dùng: sen --help"
}

// redact takes the password out of connection strings.
func redact(text string) string {
	return password.ReplaceAllString(connection.ReplaceAllString(text, "${1}…@"), "password=…")
}
