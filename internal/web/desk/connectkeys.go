package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/web/page"
)

// scopeWords says what a program may do with a key.
var scopeWords = map[access.Action]string{
	access.ViewFacility:    "Xem thông tin cơ sở",
	access.ViewBills:       "Xem phiếu thu",
	access.EditBills:       "Lập và sửa phiếu thu",
	access.PublishBills:    "Phát hành phiếu thu",
	access.CancelBills:     "Hủy phiếu thu",
	access.ViewCredits:     "Xem tiền về",
	access.ImportStatement: "Nhập sao kê",
	access.TakeCash:        "Ghi tiền mặt",
	access.ViewReceipts:    "Xem biên lai",
	access.ViewEvents:      "Lấy tin về phiếu và tiền",
	access.ViewFigures:     "Xem số liệu",
	access.ExportFigures:   "Tải số liệu",
}

func scopeText(a access.Action) string {
	if t, ok := scopeWords[a]; ok {
		return t
	}
	return string(a)
}

// scopesText names the scopes of a key in one line.
func scopesText(list []access.Action) string {
	if len(list) == len(access.Scopes(access.FacilityKey)) {
		return "Mọi việc phần mềm được làm"
	}
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = scopeText(a)
		if i > 0 {
			words[i] = lowerFirst(words[i])
		}
	}
	return strings.Join(words, ", ")
}

func keyKind(m access.Mode) string {
	if m == access.Test {
		return "khóa thử"
	}
	return "khóa thật"
}

func (f *face) fillKeys(view *connectView, keys []access.APIKey) {
	if len(keys) == 0 {
		view.NoKeys = &page.Empty{Icon: "key", Title: "Chưa có khóa nào", Note: "Phần mềm quản lý trường hoặc bệnh viện dùng khóa để lập phiếu và lấy tin tiền về qua Sen."}
		return
	}
	t := page.Table{Caption: "Khóa cho phần mềm", Slips: true, Columns: []page.Column{{Head: "Tên"}, {Head: "Khóa"}, {Head: "Được làm", Long: true}, {Head: "Từ ngày", Tight: true}, {Head: "Tình trạng"}}}
	now := f.Clock.Now()
	for _, k := range keys {
		tag := page.Tag{Text: "Đang dùng", Icon: "check"}
		switch {
		case !k.Active:
			tag = page.Tag{Text: "Đã thu hồi"}
		case !k.Expires.IsZero() && !now.Before(k.Expires):
			tag = page.Tag{Text: "Hết hạn " + clock.DateOf(k.Expires).VN()}
		}
		hint := "sk_" + string(k.Mode) + "_…" + k.Hint
		if k.Active {
			view.Revokes = append(view.Revokes, page.Post{Action: connectPath + "/khoa/" + k.ID.String() + "/thu-hoi", Text: page.HTMLf("Thu hồi %s, …%s", k.Name, k.Hint), Class: "btn--danger", Confirm: &page.Confirm{
				Question: "Thu hồi khóa " + k.Name + "?", Note: "Phần mềm dùng khóa này bị từ chối ngay. Không mở lại được, chỉ tạo được khóa khác.", Yes: "Thu hồi", No: "Giữ lại",
			}})
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.Stacked{Value: k.Name, Note: keyKind(k.Mode)}, hint, scopesText(k.Scopes), clock.DateOf(k.Created).VN(), tag}})
	}
	view.Keys = &t
}

type keyView struct {
	page.Chrome
	Mistakes page.Mistakes
	Crumbs   []page.Link
	Heading  string
	Secret   *page.CopyRow // of a key just made: the only time it is shown
	Warning  page.Notice
	Facts    []page.Pair
	Name     page.Field
	Mode     page.Choices
	Scopes   page.Choices
	Back     page.Link
}

func (v *visit) keyChrome() keyView {
	return keyView{Chrome: v.chrome("Khóa cho phần mềm"), Crumbs: []page.Link{{Text: "Cơ sở", Href: "/desk/co-so"}, {Text: "Kết nối", Href: connectPath}, {Text: "Khóa cho phần mềm"}}}
}

// newKey answers GET /desk/co-so/ket-noi/khoa/moi.
func (f *face) newKey(v *visit) error {
	return f.keyPage(v, http.StatusOK, access.APIKey{Mode: access.Live, Scopes: access.Scopes(access.FacilityKey)}, nil)
}

func (f *face) keyPage(v *visit, status int, k access.APIKey, wrong page.Mistakes) error {
	view := v.keyChrome()
	view.Mistakes, view.Invalid, view.Heading = wrong, len(wrong) > 0, "Thêm khóa cho phần mềm"
	view.Back = page.Link{Text: "Bỏ, không lưu", Href: connectPath, Class: "btn--quiet"}
	view.Name = page.Field{Name: "name", Label: "Tên khóa", Hint: "Phần mềm nào dùng, ví dụ “Phần mềm quản lý trường”", Value: k.Name, MaxLength: 100, Error: wrong.At("name")}
	view.Mode = page.Choices{Name: "mode", Legend: "Loại khóa", One: true, Error: wrong.At("mode"), Items: []page.Choice{
		{Value: string(access.Live), Text: "Khóa thật: phiếu thật, tiền thật", Checked: k.Mode == access.Live},
		{Value: string(access.Test), Text: "Khóa thử: chỉ dùng được ở nơi chạy dữ liệu mẫu", Checked: k.Mode == access.Test},
	}}
	view.Scopes = page.Choices{Name: "scopes", Legend: "Phần mềm được làm gì", Hint: "Bỏ dấu ở việc phần mềm không cần", Error: wrong.At("scopes")}
	for _, a := range access.Scopes(access.FacilityKey) {
		view.Scopes.Items = append(view.Scopes.Items, page.Choice{Value: string(a), Text: scopeText(a), Checked: slices.Contains(k.Scopes, a)})
	}
	return v.render(status, "key", view)
}

// createKey answers POST /desk/co-so/ket-noi/khoa/moi with the key itself. No other page ever
// shows it, so the answer is no redirect.
func (f *face) createKey(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	k := access.APIKey{Facility: v.facility.ID, Name: v.field("name"), Mode: access.Mode(v.field("mode"))}
	for _, s := range v.r.PostForm["scopes"] {
		k.Scopes = append(k.Scopes, access.Action(s))
	}
	slices.Sort(k.Scopes)
	k.Scopes = slices.Compact(k.Scopes)
	made, secret, err := f.Access.CreateKey(v.r.Context(), v.subject, k)
	var invalid *access.Invalid
	if errors.As(err, &invalid) {
		var wrong page.Mistakes
		for _, p := range invalid.Problems {
			wrong.Add(p.Field, p.Text)
		}
		return f.keyPage(v, unprocessable, k, wrong)
	}
	if err != nil {
		return err
	}
	view := v.keyChrome()
	view.Heading = "Đã tạo khóa " + made.Name
	view.Secret = &page.CopyRow{Label: "Khóa", Shown: breakable(secret), Copy: secret}
	view.Warning = page.Notice{State: page.Need, Strong: "Chép khóa ngay bây giờ.", Text: "Khóa chỉ hiện một lần này. Cất nơi kín, đừng gửi qua tin nhắn: ai có khóa thì làm được việc thay cơ sở."}
	view.Facts = []page.Pair{{Label: "Loại", Value: keyKind(made.Mode)}, {Label: "Được làm", Value: scopesText(made.Scopes)}}
	view.Back = page.Link{Text: "Đã chép, về trang Kết nối", Href: connectPath, Class: "btn--main"}
	return v.render(http.StatusOK, "key", view)
}

// revokeKey answers POST /desk/co-so/ket-noi/khoa/{key}/thu-hoi.
func (f *face) revokeKey(v *visit) error {
	key, err := pathID[access.KeyID](v, "key")
	if err != nil {
		return err
	}
	var keys []access.APIKey
	if err := v.view(func(tx *db.Tx) (err error) { keys, err = access.KeysOf(tx, v.facility.ID); return err }); err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k access.APIKey) bool { return k.ID == key })
	if i < 0 { // another facility's key does not exist here
		return db.ErrNotFound
	}
	if err := f.Access.RevokeKey(v.r.Context(), v.subject, key); err != nil {
		return err
	}
	return v.goTo(connectPath+"#khoa", "Đã thu hồi khóa "+keys[i].Name, "")
}
