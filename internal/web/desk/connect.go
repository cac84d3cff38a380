package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/rail/casso"
	"github.com/sen-platform/sen/internal/rail/payos"
	"github.com/sen-platform/sen/internal/rail/sepay"
	"github.com/sen-platform/sen/internal/web/page"
)

const connectPath = "/desk/co-so/ket-noi"

type connectView struct {
	page.Chrome
	Crumbs  []page.Link
	Hooks   *page.Table
	NoHooks *page.Empty
	NewHook page.Link
	Keys    *page.Table
	NoKeys  *page.Empty
	NewKey  page.Link
	Revokes []page.Post
}

// showConnect answers GET /desk/co-so/ket-noi: the partners that report money and the
// programs that act for the facility.
func (f *face) showConnect(v *visit) error {
	var hooks []collect.Hook
	var keys []access.APIKey
	err := v.view(func(tx *db.Tx) (err error) {
		if hooks, err = collect.HooksOf(tx, v.facility.ID); err != nil {
			return err
		}
		keys, err = access.KeysOf(tx, v.facility.ID)
		return err
	})
	if err != nil {
		return err
	}
	view := connectView{
		Chrome: v.chrome("Kết nối"), Crumbs: []page.Link{{Text: "Cơ sở", Href: "/desk/co-so"}, {Text: "Kết nối"}},
		NewHook: page.Link{Text: "Nối một đối tác", Href: connectPath + "/bao-co/moi", Icon: "plus"},
		NewKey:  page.Link{Text: "Thêm khóa", Href: connectPath + "/khoa/moi", Icon: "plus"},
	}
	view.Hooks, view.NoHooks = f.hookTable(hooks)
	f.fillKeys(&view, keys)
	return v.render(http.StatusOK, "connect", view)
}

func (f *face) hookTable(hooks []collect.Hook) (*page.Table, *page.Empty) {
	if len(hooks) == 0 {
		return nil, &page.Empty{Icon: "bank", Title: "Chưa nối đối tác nào", Note: "Nối SePay, Casso hoặc payOS thì tiền về được ghi ngay, không đợi sao kê."}
	}
	t := page.Table{Caption: "Địa chỉ nhận báo có", Slips: true, Columns: []page.Column{{Head: "Đối tác"}, {Head: "Địa chỉ", Long: true}, {Head: "Từ ngày", Tight: true}, {Head: "Tình trạng"}}}
	for _, h := range hooks {
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Stacked{Value: page.Link{Text: streamName(h.Stream), Href: hookPath(h)}, Note: proofWords[h.Stream+"/"+h.Mode]},
			breakable(f.hookAddress(h)), clock.DateOf(h.Created).VN(), hookTag(h),
		}})
	}
	return &t, nil
}

func hookPath(h collect.Hook) string { return connectPath + "/bao-co/" + h.ID.String() }

// hookAddress is what the partner is given.
func (f *face) hookAddress(h collect.Hook) string {
	return f.BaseURL + "/hooks/" + h.Stream + "/" + h.Path
}

func hookTag(h collect.Hook) page.Tag {
	if !h.Active {
		return page.Tag{Text: "Đã ngừng"}
	}
	return page.Tag{Text: "Đang nhận", Icon: "check"}
}

// proofWords says how a partner proves that a message is its own, by stream and mode.
var proofWords = map[string]string{
	sepay.Stream + "/" + string(sepay.HMAC):   "chữ ký HMAC-SHA256",
	sepay.Stream + "/" + string(sepay.APIKey): "khóa API gửi kèm, nội dung không được ký",
	casso.Stream + "/" + string(casso.V2):     "Webhook V2, có chữ ký",
	casso.Stream + "/" + string(casso.V1):     "Webhook cũ với Secure-Token, nội dung không được ký",
	payos.Stream + "/" + collect.HookChecksum: "chữ ký bằng checksum key",
}

// partnerSteps says where a partner's own site wants the address, and where the secret is.
var partnerSteps = map[string]string{
	sepay.Stream: "Mở trang của SePay, vào phần webhook của tài khoản ngân hàng nhận tiền.",
	casso.Stream: "Mở trang của Casso, vào phần kết nối webhook của tài khoản ngân hàng nhận tiền.",
	payos.Stream: "Mở trang của payOS, vào kênh thanh toán của cơ sở, phần webhook.",
}

type hookView struct {
	page.Chrome
	Mistakes page.Mistakes
	Crumbs   []page.Link
	Heading  string
	Tag      page.Tag // empty for a hook that is not made yet
	Address  *page.CopyRow
	Steps    []any
	FormHead string
	Action   string
	Proof    page.Choices
	Secret   page.Field
	Save     string
	Stop     *page.Post
	Back     page.Link
}

// hook reads the hook in the address.
func (v *visit) hook() (collect.Hook, error) {
	key, err := pathID[collect.HookID](v, "hook")
	if err != nil {
		return collect.Hook{}, err
	}
	var h collect.Hook
	err = v.view(func(tx *db.Tx) (err error) { h, err = collect.HookByID(tx, key); return err })
	if err == nil && !v.mine(access.ManageHooks, h.Facility) {
		return collect.Hook{}, db.ErrNotFound
	}
	return h, err
}

// newHook answers GET /desk/co-so/ket-noi/bao-co/moi.
func (f *face) newHook(v *visit) error { return f.hookPage(v, http.StatusOK, collect.Hook{}, "", nil) }

// showHook answers GET /desk/co-so/ket-noi/bao-co/{hook}.
func (f *face) showHook(v *visit) error {
	h, err := v.hook()
	if err != nil {
		return err
	}
	return f.hookPage(v, http.StatusOK, h, h.Stream+"/"+h.Mode, nil)
}

// hookPage shows a hook, or with the zero hook the form for one. The secret that was typed
// never comes back, not even beside a mistake.
func (f *face) hookPage(v *visit, status int, h collect.Hook, chosen string, wrong page.Mistakes) error {
	view := hookView{
		Chrome: v.chrome("Báo có tự động"), Mistakes: wrong, Heading: "Nối một đối tác báo có", Action: connectPath + "/bao-co/moi", Save: "Mở địa chỉ nhận báo có",
		Crumbs: []page.Link{{Text: "Cơ sở", Href: "/desk/co-so"}, {Text: "Kết nối", Href: connectPath}, {Text: "Báo có tự động"}},
		Back:   page.Link{Text: "Bỏ, không lưu", Href: connectPath, Class: "btn--quiet"},
		Proof:  page.Choices{Name: "doi-tac", Legend: "Đối tác và cách xác thực", One: true, Error: wrong.At("doi-tac")},
		Secret: page.Field{Name: "khoa-bi-mat", Label: "Khóa bí mật", Hint: "Chép từ trang của đối tác. Khóa được cất niêm phong, không hiện lại ở đâu.", Type: "password", Autocomplete: "new-password", Error: wrong.At("khoa-bi-mat")},
	}
	view.Invalid = len(wrong) > 0
	streams := collect.HookStreams()
	if h.ID != 0 {
		streams = []string{h.Stream}
		view.Heading, view.Action, view.Tag = "Báo có từ "+streamName(h.Stream), hookPath(h), hookTag(h)
		view.FormHead, view.Save = "Đổi khóa bí mật", "Lưu khóa mới"
		view.Proof.Legend = "Cách xác thực"
		address := f.hookAddress(h)
		view.Address = &page.CopyRow{Label: "Địa chỉ nhận báo có", Shown: breakable(address), Copy: address}
		if h.Active {
			view.Steps = []any{
				partnerSteps[h.Stream],
				"Dán địa chỉ trên vào ô địa chỉ webhook. Chọn cách xác thực: " + proofWords[h.Stream+"/"+h.Mode] + ", với đúng khóa đã nhập ở đây.",
				"Chuyển thử một khoản nhỏ vào tài khoản của cơ sở, rồi xem ở mục Tiền về.",
			}
			view.Stop = &page.Post{Action: view.Action + "/ngung", Text: "Ngừng nhận báo có ở địa chỉ này", Class: "btn--danger", Confirm: &page.Confirm{
				Question: "Ngừng địa chỉ của " + streamName(h.Stream) + "?", Note: "Tin gửi đến địa chỉ này bị từ chối. Tiền vẫn vào tài khoản, nhưng chỉ thấy khi nhập sao kê.", Yes: "Ngừng", No: "Giữ lại",
			}}
		} else {
			view.FormHead, view.Save = "Mở lại địa chỉ này", "Mở lại với khóa mới"
		}
	}
	for _, s := range streams {
		modes := collect.HookModes(s)
		for i, m := range modes {
			value := s + "/" + m
			text := streamName(s) + ": " + proofWords[value]
			if i == 0 && len(modes) > 1 {
				text += " (nên dùng)"
			}
			view.Proof.Items = append(view.Proof.Items, page.Choice{Value: value, Text: text, Checked: value == chosen})
		}
	}
	return v.render(status, "hook", view)
}

// takeHook reads the posted partner with the mode, and the secret. The secret is taken as it
// was typed: blanks inside it belong to it.
func (v *visit) takeHook() (stream, mode, secret string, err error) {
	if err := v.form(); err != nil {
		return "", "", "", err
	}
	stream, mode, _ = strings.Cut(v.field("doi-tac"), "/")
	return stream, mode, v.r.PostForm.Get("khoa-bi-mat"), nil
}

// hookFaults notes what was wrong at the fields of the hook form; false for other errors.
func hookFaults(err error) (page.Mistakes, bool) {
	var invalid *collect.HookInvalid
	if !errors.As(err, &invalid) {
		return nil, false
	}
	var m page.Mistakes
	if invalid.Field == "secret" {
		m.Add("khoa-bi-mat", invalid.Text)
	} else {
		m.Add("doi-tac", "Chọn đối tác và cách xác thực trong danh sách")
	}
	return m, true
}

// createHook answers POST /desk/co-so/ket-noi/bao-co/moi.
func (f *face) createHook(v *visit) error {
	stream, mode, secret, err := v.takeHook()
	if err != nil {
		return err
	}
	h, err := f.Collect.AddHook(v.r.Context(), v.actor(), f.Keys, v.facility.ID, stream, mode, secret)
	if m, ok := hookFaults(err); ok {
		return f.hookPage(v, unprocessable, collect.Hook{}, stream+"/"+mode, m)
	}
	if err != nil {
		return err
	}
	return v.goTo(hookPath(h), "Đã mở địa chỉ nhận báo có từ "+streamName(h.Stream), "")
}

// changeHook answers POST /desk/co-so/ket-noi/bao-co/{hook}: another mode and secret behind
// the same address.
func (f *face) changeHook(v *visit) error {
	h, err := v.hook()
	if err != nil {
		return err
	}
	stream, mode, secret, err := v.takeHook()
	if err != nil {
		return err
	}
	if stream != h.Stream || !slices.Contains(collect.HookModes(h.Stream), mode) {
		var m page.Mistakes
		m.Add("doi-tac", "Chọn cách xác thực trong danh sách")
		return f.hookPage(v, unprocessable, h, "", m)
	}
	_, err = f.Collect.ChangeHook(v.r.Context(), v.actor(), f.Keys, h.ID, mode, secret)
	if m, ok := hookFaults(err); ok {
		return f.hookPage(v, unprocessable, h, stream+"/"+mode, m)
	}
	if err != nil {
		return err
	}
	return v.goTo(hookPath(h), "Đã lưu khóa mới của "+streamName(h.Stream), "")
}

// stopHook answers POST /desk/co-so/ket-noi/bao-co/{hook}/ngung.
func (f *face) stopHook(v *visit) error {
	h, err := v.hook()
	if err != nil {
		return err
	}
	if err := f.Collect.StopHook(v.r.Context(), v.actor(), h.ID); err != nil {
		return err
	}
	return v.goTo(connectPath, "Đã ngừng địa chỉ nhận báo có từ "+streamName(h.Stream), "")
}
