package desk

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

// pupil is one row of an accountant's workbook.
type pupil struct{ code, name, class, amount string }

var pupils = []pupil{
	{"HS001", "Trần Hồng Phúc", "1C", "735000"},
	{"HS002", "Lê Ngọc Thảo", "3E", "1105000"},
	{"HS003", "Bùi Quang Huy", "3E", "542500"},
	{"HS004", "Đặng Gia Hân", "3E", "1105000"},
}

// workbook is a list as accountants keep it: a title above, the header somewhere below.
func (h *house) workbook(fee string, rows ...pupil) []byte {
	h.t.Helper()
	w, err := doc.NewWorkbook("Danh sách thu", h.clk.Now())
	h.must(err)
	s, err := w.Sheet("Danh sách", []doc.Column{{Title: "STT"}, {Title: "Mã học sinh"}, {Title: "Họ và tên"}, {Title: "Lớp"}, {Title: fee}}, "DANH SÁCH THU TIỀN", "Trường Tiểu học Thử")
	h.must(err)
	for i, p := range rows {
		h.must(s.Row(fmt.Sprint(i+1), p.code, p.name, p.class, p.amount))
	}
	var out bytes.Buffer
	h.must(w.Write(&out))
	return out.Bytes()
}

// openRound makes a round through its form and returns its address.
func (h *house) openRound(name string) string {
	h.t.Helper()
	return h.as(accountant).post("/desk/dot-thu/moi", "ten", name, "ky", "", "han", h.today().AddDays(20).VN()).went(h.t)
}

// settled follows a post until the work behind it is over.
func (h *house) settled(a answer) string {
	h.t.Helper()
	to := a.went(h.t)
	h.face.jobs.run.Wait()
	return to
}

func (h *house) wall(at string) bill.ClassCount {
	h.t.Helper()
	r, err := id.Parse[id.Round](strings.TrimPrefix(at, "/desk/dot-thu/"))
	h.must(err)
	var out bill.ClassCount
	h.view(func(tx *db.Tx) error {
		w, err := bill.Wall(tx, r)
		out = bill.Sum(w)
		return err
	})
	return out
}

// The whole way of a round: workbook, a row fixed, one skipped, published, paid, printed.
func TestRoundFromWorkbookToMoney(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		at := h.openRound("Đợt thu tháng 12")
		a.page(at).says(t, "Đợt thu tháng 12", "Tải bảng lên", "Chưa gửi gì cho ai")
		rows := append([]pupil{}, pupils...)
		rows[3].amount = "1,25tr"
		book := h.workbook("Tiền ăn bán trú", append(rows, pupil{"HS005", "", "1C", "735000"})...)
		if to := h.settled(a.upload(at+"/nhap", "tep", "thu-12.xlsx", book)); to != at {
			t.Fatalf("after the upload: %s", to)
		}
		p := a.page(at)
		p.says(t, "2 dòng cần sửa", "3 phiếu", "Đặng Gia Hân", "Số tiền “1,25tr” không phải là số", "735.000 ₫", "Người trả sẽ thấy", "T. H. Phúc, lớp 1C", "thu-12.xlsx", "Phát hành phiếu")
		if w := h.wall(at); w.Drafts != 3 || w.Issued != 0 {
			t.Fatalf("wall: %+v", w)
		}
		// Nothing is published without a look; unpublished bills have no notices.
		if got := a.post(at+"/phat-hanh", "lop", "1C", "lop", "3E"); got.status != http.StatusUnprocessableEntity || h.wall(at).Issued != 0 {
			t.Errorf("published unseen: %d", got.status)
		}
		if got := a.get(at + "/thong-bao.pdf"); got.status != http.StatusConflict {
			t.Errorf("notices of drafts: %d", got.status)
		}
		fields := fieldsOf(p.body, "o-")
		if len(fields) != 2 {
			t.Fatalf("fields to fix: %v", fields)
		}
		hân, nameless := fields[0], fields[1]
		h.settled(a.post(at+"/dong-sua", hân, "1250000", nameless, ""))
		a.page(at).says(t, "Đã sửa 1 dòng, còn 1 dòng cần sửa", "4 phiếu")
		h.settled(a.post(at+"/dong-sua", nameless, "", "bo", strings.TrimPrefix(fieldsOf(a.page(at).body, "o-")[0], "o-")))
		a.page(at).says(t, "Đã bỏ một dòng, không còn dòng nào cần sửa", "Đợt thu tháng 12: 4 phiếu sẵn sàng")
		// One class first.
		h.settled(a.post(at+"/phat-hanh", "lop", "3E", "da-xem", "1"))
		if w := h.wall(at); w.Drafts != 1 || w.Issued != 3 {
			t.Fatalf("one class published: %+v", w)
		}
		a.page(at).says(t, "Đã phát hành 3 phiếu", "Tiền đợt thu tháng 12", "Còn phải thu")
		h.settled(a.post(at+"/phat-hanh", "da-xem", "1"))
		var thao bill.Bill
		h.view(func(tx *db.Tx) error {
			found, err := bill.Search(tx, bill.Filter{Facility: h.world.School.ID, Text: "Ngọc Thảo"})
			thao = found.Bills[0]
			return err
		})
		h.transfer(thao.Total, string(thao.Code))
		a.page(at).says(t, "1 phiếu trả đủ, 25,0%", "3E (2)", "1C (1)", "Tất cả (3)")
		a.page("/desk").says(t, "Tiền đợt thu tháng 12", "3 phiếu, hạn "+h.today().AddDays(20).VN())
		for path, kind := range map[string]string{"/thong-bao.pdf": "application/pdf", "/thong-bao.pdf?lop=3E": "application/pdf", "/bang-ke.xlsx": xlsx} {
			got := a.get(at + path)
			if got.status != http.StatusOK || got.kind != kind || len(got.body) < 1000 {
				t.Errorf("%s: %d %s %d bytes", path, got.status, got.kind, len(got.body))
			}
		}
		list := listed(t, a.get(at+"/bang-ke.xlsx").body)
		if got := strings.Count(list, "HP"); got != 4 || !strings.Contains(list, "Lê Ngọc Thảo|") || !strings.Contains(list, "|Đã trả|") {
			t.Errorf("list has %d codes: %s", got, list)
		}
		h.verify()
	})
}

// listed is a workbook's cells, rows by lines.
func listed(t testing.TB, body string) string {
	t.Helper()
	table, err := doc.OpenTable(strings.NewReader(body), int64(len(body)), "x.xlsx", doc.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range table.Sheets() {
		for r, err := range table.Rows(s) {
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Cells {
				b.WriteString(c.Text + "|")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// fieldsOf lists the names of inputs that begin with a prefix, in the order of the page.
func fieldsOf(body, prefix string) []string {
	var out []string
	for _, part := range strings.Split(body, ` name="`+prefix)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		out = append(out, prefix+name)
	}
	return out
}

func TestSameWorkbookChangesNothing(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		at := h.openRound("Đợt thu tháng 12")
		book := h.workbook("Tiền ăn bán trú", pupils...)
		h.settled(a.upload(at+"/nhap", "tep", "thu.xlsx", book))
		h.settled(a.upload(at+"/nhap", "tep", "thu.xlsx", book))
		a.page(at).says(t, "Bảng này đã tải lên rồi, không có gì đổi", "4 phiếu sẵn sàng")
		// A corrected one: somebody left, somebody's amount changed.
		rows := append([]pupil{}, pupils[:3]...)
		rows[0].amount = "800000"
		h.settled(a.upload(at+"/nhap", "tep", "thu.xlsx", h.workbook("Tiền ăn bán trú", rows...)))
		p := a.page(at)
		p.says(t, "1 phiếu đổi", "1 phiếu không còn trong bảng mới", "Đặng Gia Hân, lớp 3E")
		gone := fieldValue(p.body, "phieu")
		h.settled(a.post(at+"/bo", "phieu", gone))
		a.page(at).says(t, "Đã bỏ 1 phiếu nháp", "3 phiếu sẵn sàng")
		if w := h.wall(at); w.Drafts != 3 || w.DraftAmount != 800_000+1_105_000+542_500 {
			t.Errorf("wall: %+v", w)
		}
	})
}

// fieldValue is the value of the first input of a name.
func fieldValue(body, name string) string {
	_, rest, _ := strings.Cut(body, ` name="`+name+`" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

// A column of money that nobody knows keeps the workbook out until a person names it; the
// file needs not be chosen twice, and the next import remembers.
func TestUnknownColumnIsAskedAbout(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		at := h.openRound("Đợt thu tháng 12")
		book := h.workbook("Xe điện tham quan", pupils...)
		if to := h.settled(a.upload(at+"/nhap", "tep", "thu.xlsx", book)); to != at+"/cot" {
			t.Fatalf("an unclear workbook leads to %s", to)
		}
		a.page(at).says(t, "Có cột chưa rõ là khoản gì")
		p := a.page(at + "/cot")
		p.says(t, "Bảng chưa nhập dòng nào", "Xe điện tham quan", "Chọn ở đây", "Họ và tên")
		if w := h.wall(at); w.Drafts != 0 {
			t.Fatalf("imported all the same: %+v", w)
		}
		form := []string{}
		for _, name := range fieldsOf(p.body, "la-") {
			form = append(form, name, selected(p.body, name))
			kind := "khoan-" + strings.TrimPrefix(name, "la-")
			if selected(p.body, name) == "" {
				form = append(form, kind, h.world.Meals.ID.String())
			} else {
				form = append(form, kind, selected(p.body, kind))
			}
		}
		h.settled(a.post(at+"/cot", form...))
		a.page(at).says(t, "4 phiếu sẵn sàng")
		next := h.openRound("Đợt thu tháng 1")
		if to := h.settled(a.upload(next+"/nhap", "tep", "thu.xlsx", book)); to != next {
			t.Errorf("the choice was not remembered: %s", to)
		}
		// The mapping of what was imported can still be looked at and changed.
		a.page(next+"/cot").says(t, "do người nhập chọn")
	})
}

// selected is the value of a select.
func selected(body, name string) string {
	_, rest, _ := strings.Cut(body, ` name="`+name+`"`)
	rest, _, _ = strings.Cut(rest, "</select>")
	for _, o := range strings.Split(rest, `<option value="`)[1:] {
		if v, tail, _ := strings.Cut(o, `"`); strings.HasPrefix(tail, " selected") {
			return v
		}
	}
	return ""
}

func TestBadUploadsSayWhatToDo(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		at := h.openRound("Đợt thu tháng 12")
		for name, c := range map[string]struct {
			body []byte
			says string
		}{
			"no file":     {nil, "Tệp rỗng"},
			"not a table": {[]byte("%PDF-1.7 xin chao"), "Chưa làm được"},
			"no header":   {h.workbook("Tiền ăn bán trú")[:200], "Chưa làm được"},
			"broken xlsx": {append([]byte("PK\x03\x04"), bytes.Repeat([]byte{0}, 300)...), "Chưa làm được"},
		} {
			got := a.upload(at+"/nhap", "tep", "thu.xlsx", c.body)
			h.face.jobs.run.Wait()
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.location)
				continue
			}
			got.says(t, c.says)
		}
		got := a.post(at + "/nhap")
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("no form: %d", got.status)
		}
		if w := h.wall(at); w.Drafts != 0 {
			t.Errorf("something was imported: %+v", w)
		}
		h.as(cashier).get(at + "/cot")
	})
}

// A file far beyond the limit is refused with words, not with a broken connection.
func TestHugeUploadIsRefusedWithWords(t *testing.T) {
	h := newHouse(t, dbtestSQLite(t))
	at := h.openRound("Đợt thu tháng 12")
	got := h.as(accountant).upload(at+"/nhap", "tep", "to.xlsx", make([]byte, 70<<20))
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", got.status)
	}
	got.says(t, "Tệp quá lớn: 71 MB, nhiều nhất 64 MB")
}

func TestTakeBackAndClose(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a, m := h.as(accountant), h.as(manager)
		at := h.openRound("Đợt thu tháng 12")
		h.settled(a.upload(at+"/nhap", "tep", "thu.xlsx", h.workbook("Tiền ăn bán trú", pupils...)))
		h.settled(m.post(at+"/phat-hanh", "lop", "1C", "lop", "3E", "da-xem", "1"))
		if p := m.page(at); !strings.Contains(p.body, `action="`+at+`/thu-lai"><button`) {
			t.Error("a round published as a whole has no way back in the toast")
		}
		var thao bill.Bill
		h.view(func(tx *db.Tx) error {
			found, err := bill.Search(tx, bill.Filter{Facility: h.world.School.ID, Text: "Ngọc Thảo"})
			thao = found.Bills[0]
			return err
		})
		h.transfer(1000, string(thao.Code))
		h.settled(m.post(at+"/thu-lai", "lop", "3E"))
		if w := h.wall(at); w.Issued != 2 || w.Drafts != 2 {
			t.Errorf("one class taken back: %+v", w)
		}
		h.settled(m.post(at + "/thu-lai"))
		if w := h.wall(at); w.Issued != 1 || w.Drafts != 3 {
			t.Errorf("all taken back but the one with money: %+v", w)
		}
		m.page(at).says(t, "Đã thu lại 1 phiếu")
		h.settled(m.post(at + "/thu-lai"))
		m.page(at).says(t, "Không còn phiếu nào chưa có tiền để thu lại")
		m.post(at + "/dong").went(t)
		m.page(at).says(t, "Đã đóng đợt thu tháng 12")
		if got := m.post(at + "/dong"); got.status != http.StatusConflict {
			t.Errorf("closed twice: %d", got.status)
		}
		if got := a.upload(at+"/nhap", "tep", "thu.xlsx", h.workbook("Tiền ăn bán trú", pupils...)); got.status != http.StatusUnprocessableEntity {
			t.Errorf("import into a closed round: %d", got.status)
		}
		h.verify()
	})
}

func TestChangesSinceTheRoundBefore(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		first := h.openRound("Đợt thu tháng 11")
		h.settled(a.upload(first+"/nhap", "tep", "thu.xlsx", h.workbook("Tiền ăn bán trú", pupils...)))
		a.page(first+"/thay-doi").says(t, "Chưa có đợt nào trước đó để so")
		h.settled(a.post(first+"/phat-hanh", "lop", "1C", "lop", "3E", "da-xem", "1"))
		second := h.openRound("Đợt thu tháng 12")
		rows := []pupil{pupils[0], {"HS002", "Lê Ngọc Thảo", "3E", "1000000"}, pupils[2], {"HS009", "Võ Đức Anh", "4D", "900000"}}
		h.settled(a.upload(second+"/nhap", "tep", "thu.xlsx", h.workbook("Tiền ăn bán trú", rows...)))
		a.page(second).says(t, "+1, −1 em", "1 em đổi số tiền", "Lớp đợt trước không có: 4D (1 dòng)", "đợt trước 871.875 ₫")
		a.page(second+"/thay-doi").says(t, "Vào 1 em", "Ra 1 em", "Võ Đức Anh", "Đặng Gia Hân", "Lê Ngọc Thảo", "−105.000 ₫", "Tiền ăn bán trú", "Giữ nguyên 2 em")
	})
}

func TestRoundFormSaysWhatIsWrong(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		a.page("/desk/dot-thu").says(t, "Chưa có đợt thu nào")
		got := a.post("/desk/dot-thu/moi", "ten", "", "han", "mai")
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", got.status)
		}
		got.says(t, "Hạn trả “mai” không phải là ngày")
		got = a.post("/desk/dot-thu/moi", "ten", "", "han", h.today().AddDays(-1).VN(), "tra-phan", string(org.Instalments))
		got.says(t, "Thiếu tên đợt thu", "đã qua", "Thiếu các đợt trả")
		for _, at := range []string{`href="#ten"`, `href="#han"`, `href="#tra-phan"`} {
			if !strings.Contains(got.body, at) {
				t.Errorf("no mistake at %s", at)
			}
		}
		to := a.post("/desk/dot-thu/moi", "ten", "Học phí", "han", h.today().AddDays(5).VN(), "tra-phan", string(org.Instalments),
			"ty-le-0", "60%", "han-dot-0", h.today().AddDays(5).VN(), "ty-le-1", "40", "han-dot-1", h.today().AddDays(40).VN()).went(t)
		edit := a.page(to + "/sua")
		if fieldValueOf(edit.body, "ty-le-0") != "60" || fieldValueOf(edit.body, "han-dot-1") != h.today().AddDays(40).VN() {
			t.Error("the form lost the instalments")
		}
		a.post(to+"/sua", "ten", "Học phí kỳ 1", "han", h.today().AddDays(9).VN(), "tra-phan", string(org.NoParts)).went(t)
		a.page(to).says(t, "Đã lưu học phí kỳ 1", "Hạn trả "+h.today().AddDays(9).VN(), "Trả một lần")
		a.page("/desk/dot-thu").says(t, "Học phí kỳ 1", "Chưa phát hành")
	})
}

// fieldValueOf is the value of an input that has its attributes in the order of part "field".
func fieldValueOf(body, name string) string {
	_, rest, _ := strings.Cut(body, ` name="`+name+`"`)
	_, rest, _ = strings.Cut(rest, `value="`)
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

// While a work runs the page shows how far it is; another one does not start beside it.
func TestRoundShowsProgress(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		at := h.openRound("Đợt thu tháng 12")
		r, err := id.Parse[id.Round](strings.TrimPrefix(at, "/desk/dot-thu/"))
		h.must(err)
		stop := make(chan struct{})
		_, fresh := h.face.jobs.start(r, "Đang phát hành phiếu", 1200, func(progress func(int)) error {
			progress(300)
			<-stop
			return collect.ErrState
		})
		if !fresh {
			t.Fatal("another work runs")
		}
		for a.get(at+"/tien-do?doc=1").body != "chay-300" {
		}
		a.page(at).says(t, "Đang phát hành phiếu", "300 trên 1.200")
		a.upload(at+"/nhap", "tep", "thu.xlsx", h.workbook("Tiền ăn bán trú", pupils...)).went(t)
		a.page(at).says(t, "Đợt thu đang chạy việc khác")
		close(stop)
		h.face.jobs.run.Wait()
		if got := a.get(at + "/tien-do?doc=1").body; got != "xong" {
			t.Errorf("after the end: %s", got)
		}
		a.page(at).says(t, "Chưa làm xong", "Việc này đã đổi trong lúc đang xem")
		a.page(at).silent(t, "Chưa làm xong") // told once
	})
}
