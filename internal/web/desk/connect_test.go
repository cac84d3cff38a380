package desk

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
)

// partnerSecret is what the school agreed with its partner.
const partnerSecret = "whsec-lam-giang-0918"

// connected gives the school one hook and one key and returns the hook's page.
func (h *house) connected() string {
	h.t.Helper()
	m := h.as(manager)
	at := m.post("/desk/co-so/ket-noi/bao-co/moi", "doi-tac", "sepay/hmac", "khoa-bi-mat", partnerSecret).went(h.t)
	a := m.post("/desk/co-so/ket-noi/khoa/moi", "name", "Phần mềm quản lý trường", "mode", "live", "scopes", string(access.ViewBills), "scopes", string(access.EditBills))
	if a.status != http.StatusOK {
		h.t.Fatalf("a key: %d %s", a.status, text(a.body))
	}
	return at
}

func (h *house) hooks() (out []collect.Hook) {
	h.t.Helper()
	h.view(func(tx *db.Tx) (err error) { out, err = collect.HooksOf(tx, h.world.School.ID); return err })
	return out
}

func (h *house) keys() (out []access.APIKey) {
	h.t.Helper()
	h.view(func(tx *db.Tx) (err error) { out, err = access.KeysOf(tx, h.world.School.ID); return err })
	return out
}

func TestManagerConnectsPartners(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		m := h.as(manager)
		m.page("/desk/co-so").says(t, "Mở trang Kết nối")
		m.page("/desk/co-so/ket-noi").says(t, "Chưa nối đối tác nào", "Chưa có khóa nào")
		const form = "/desk/co-so/ket-noi/bao-co/moi"
		m.page(form).says(t, "SePay: chữ ký HMAC-SHA256 (nên dùng)", "Casso: Webhook V2", "payOS: chữ ký")
		for name, c := range map[string]struct{ partner, secret, field string }{
			"no partner":     {"", partnerSecret, "#doi-tac"},
			"no such mode":   {"payos/none", partnerSecret, "#doi-tac"},
			"mode of others": {"casso/hmac", partnerSecret, "#doi-tac"},
			"short secret":   {"sepay/hmac", "ngan-65", "#khoa-bi-mat"},
		} {
			got := m.post(form, "doi-tac", c.partner, "khoa-bi-mat", c.secret)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="`+c.field+`"`) {
				t.Errorf("%s: %d, mistake not at %s", name, got.status, c.field)
			}
			if c.secret != "" && strings.Contains(got.body, c.secret) {
				t.Errorf("%s: the page repeats the secret", name)
			}
		}
		if n := len(h.hooks()); n != 0 {
			t.Fatalf("mistakes made %d hooks", n)
		}

		at := h.connected()
		made := h.hooks()[0]
		address := "https://sen.langiang.example/hooks/sepay/" + made.Path
		p := m.page(at)
		p.says(t, address, "Đang nhận", "Mở trang của SePay", "xem ở mục Tiền về")
		if !strings.Contains(p.body, `data-copy="`+address+`"`) {
			t.Error("the address has no copy button")
		}
		m.page("/desk/co-so/ket-noi").says(t, address, "SePay", "chữ ký HMAC-SHA256", h.today().VN())
		if got, err := made.Secret(h.face.Keys); err != nil || got != partnerSecret {
			t.Errorf("stored secret %q, %v", got, err)
		}

		const next = "whsec moi  hai dau cach"
		if got := m.post(at, "doi-tac", "casso/v2", "khoa-bi-mat", next); got.status != http.StatusUnprocessableEntity {
			t.Errorf("another partner's mode: %d", got.status)
		}
		if got := m.post(at, "doi-tac", "sepay/hmac", "khoa-bi-mat", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("no secret: %d", got.status)
		}
		if got, _ := h.hooks()[0].Secret(h.face.Keys); got != partnerSecret {
			t.Errorf("a mistake changed the secret to %q", got)
		}
		m.post(at, "doi-tac", "sepay/apikey", "khoa-bi-mat", next).went(t)
		changed := h.hooks()[0]
		if got, _ := changed.Secret(h.face.Keys); got != next || changed.Mode != "apikey" || changed.Path != made.Path {
			t.Errorf("changed to %q, %+v", got, changed)
		}
		m.post(at + "/ngung").went(t)
		if h.hooks()[0].Active {
			t.Error("the hook is not stopped")
		}
		m.page("/desk/co-so/ket-noi").says(t, "Đã ngừng địa chỉ nhận báo có từ SePay")
		m.page(at).says(t, "Đã ngừng", "Mở lại với khóa mới")
		m.page(at).silent(t, "Ngừng nhận báo có")
		for _, path := range []string{at, "/desk/co-so/ket-noi", "/desk/co-so", form} {
			for _, s := range []string{partnerSecret, next} {
				if strings.Contains(m.page(path).body, s) {
					t.Errorf("%s shows a secret", path)
				}
			}
		}
		m.post(at, "doi-tac", "sepay/hmac", "khoa-bi-mat", partnerSecret).went(t)
		if !h.hooks()[0].Active {
			t.Error("the hook is not open again")
		}
		if strings.Contains(h.log.String(), partnerSecret) {
			t.Error("the log shows the secret")
		}
	})
}

var keyText = regexp.MustCompile(`data-copy="(sk_(?:live|test)_[A-Za-z0-9_-]{43})"`)

func TestManagerMakesKeys(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		m := h.as(manager)
		const form = "/desk/co-so/ket-noi/khoa/moi"
		m.page(form).says(t, "Khóa thật", "Khóa thử", "Lập và sửa phiếu thu")
		for _, a := range access.Scopes(access.FacilityKey) {
			if scopeWords[a] == "" {
				t.Errorf("no words for %s", a)
			}
		}
		got := m.post(form, "name", " ", "mode", "real", "scopes", string(access.ManageUsers))
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("an empty form: %d", got.status)
		}
		for _, at := range []string{`href="#name"`, `href="#mode"`, `href="#scopes"`} {
			if !strings.Contains(got.body, at) {
				t.Errorf("no mistake at %s", at)
			}
		}
		if n := len(h.keys()); n != 0 {
			t.Fatalf("mistakes made %d keys", n)
		}

		got = m.post(form, "name", "Phần mềm quản lý trường", "mode", "live", "scopes", string(access.ViewBills), "scopes", string(access.EditBills), "scopes", string(access.EditBills))
		found := keyText.FindStringSubmatch(got.body)
		if got.status != http.StatusOK || found == nil {
			t.Fatalf("no key on the page: %d %s", got.status, text(got.body))
		}
		key := found[1]
		got.says(t, "Chép khóa ngay bây giờ", key, "Lập và sửa phiếu thu, xem phiếu thu")
		use := func() (k access.APIKey, err error) {
			err = h.d.View(h.ctx, func(tx *db.Tx) (err error) { k, err = access.KeyBySecret(tx, key, h.clk.Now()); return err })
			return k, err
		}
		k, err := use()
		if err != nil || k.Facility != h.world.School.ID || len(k.Scopes) != 2 {
			t.Fatalf("the key works as %+v, %v", k, err)
		}
		for _, path := range []string{"/desk/co-so/ket-noi", form, "/desk/co-so"} {
			if strings.Contains(m.page(path).body, key) {
				t.Errorf("%s shows the key again", path)
			}
		}
		m.page("/desk/co-so/ket-noi").says(t, "sk_live_…"+key[len(key)-4:], "Phần mềm quản lý trường", "Đang dùng", "Thu hồi Phần mềm quản lý trường")
		m.post("/desk/co-so/ket-noi/khoa/" + k.ID.String() + "/thu-hoi").went(t)
		if _, err := use(); !errors.Is(err, access.ErrKey) {
			t.Errorf("a revoked key: %v", err)
		}
		p := m.page("/desk/co-so/ket-noi")
		p.says(t, "Đã thu hồi")
		p.silent(t, "Thu hồi Phần mềm quản lý trường")
	})
}

// Only the manager connects: others see neither address nor link, and change nothing.
func TestOthersCannotConnect(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		at := h.connected()
		revoke := "/desk/co-so/ket-noi/khoa/" + h.keys()[0].ID.String() + "/thu-hoi"
		for _, login := range []string{accountant, cashier, hospital, officer} {
			b := h.as(login)
			for name, a := range map[string]answer{
				"list": b.get("/desk/co-so/ket-noi"), "hook": b.get(at), "change": b.post(at, "doi-tac", "sepay/hmac", "khoa-bi-mat", "mot-khoa-khac"), "stop": b.post(at + "/ngung"),
				"add": b.post("/desk/co-so/ket-noi/bao-co/moi", "doi-tac", "sepay/hmac", "khoa-bi-mat", partnerSecret), "key": b.post("/desk/co-so/ket-noi/khoa/moi", "name", "x", "mode", "live", "scopes", "bill.view"), "revoke": b.post(revoke),
			} {
				if a.status != http.StatusForbidden || strings.Contains(a.body, h.hooks()[0].Path) {
					t.Errorf("%s as %s: %d", name, login, a.status)
				}
			}
			if login == accountant || login == cashier {
				b.page("/desk/co-so").silent(t, "Mở trang Kết nối")
			}
		}
		hooks, keys := h.hooks(), h.keys()
		if got, _ := hooks[0].Secret(h.face.Keys); len(hooks) != 1 || !hooks[0].Active || got != partnerSecret || len(keys) != 1 || !keys[0].Active {
			t.Errorf("changed: %+v %+v", hooks, keys)
		}
	})
}

// The hospital's hooks and keys do not exist for the school's manager.
func TestForeignConnectionsAreNotThere(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		theirs := h.foreign()
		before := h.hospitalState()
		m := h.as(manager)
		at := "/desk/co-so/ket-noi/bao-co/" + theirs["hook"]
		for name, a := range map[string]answer{
			"hook": m.get(at), "change": m.post(at, "doi-tac", "sepay/hmac", "khoa-bi-mat", partnerSecret), "stop": m.post(at + "/ngung"),
			"revoke": m.post("/desk/co-so/ket-noi/khoa/" + theirs["key"] + "/thu-hoi"), "none": m.post("/desk/co-so/ket-noi/khoa/" + nothings["key"] + "/thu-hoi"), "garbage": m.get("/desk/co-so/ket-noi/bao-co/x"),
		} {
			if a.status != http.StatusNotFound {
				t.Errorf("%s: %d", name, a.status)
			}
		}
		after := h.hospitalState()
		if !after.Hooks[0].Active || after.Hooks[0] != before.Hooks[0] || !after.Keys[0].Active {
			t.Errorf("the school's manager changed the hospital: %+v %+v", after.Hooks, after.Keys)
		}
		m.page("/desk/co-so/ket-noi").silent(t, before.Hooks[0].Path, "Phần mềm bệnh viện")
	})
}
