package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/session"
)

// handler answers a visit. An error it returns becomes a page: see face.fail.
type handler func(v *visit) error

// visit is one request of a person of a facility.
type visit struct {
	f        *face
	w        http.ResponseWriter
	r        *http.Request
	subject  access.Subject
	user     access.User
	facility org.Facility
	waiting  int64 // credits in suspense, for the side list
	today    clock.Date
}

// guarded lets only those through whose role allows the route's action at their own facility.
func (f *face) guarded(rt route) http.Handler {
	return session.RequireFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{f: f, w: w, r: r, today: clock.Today(f.Clock)}
		v.subject, _ = session.Subject(r)
		v.user, _ = session.User(r)
		if v.subject.Facility == 0 { // officers may see a facility's figures, on pages of their own
			session.Forbid(w, r)
			return
		}
		err := v.open()
		if err == nil {
			err = rt.answer(v)
		}
		if err != nil {
			f.fail(v, err)
		}
	}, rt.action)
}

func (v *visit) open() error {
	return v.view(func(tx *db.Tx) error {
		var err error
		if v.facility, err = org.FacilityByID(tx, v.subject.Facility); err != nil {
			return err
		}
		w, err := collect.WaitingOf(tx, v.facility.ID)
		v.waiting = w.N
		return err
	})
}

// view runs fn on a snapshot of the store.
func (v *visit) view(fn func(tx *db.Tx) error) error { return v.f.DB.View(v.r.Context(), fn) }

// can reports whether the person may do something at their facility.
func (v *visit) can(a access.Action) bool { return v.mine(a, v.facility.ID) }

// mine reports whether the person may do a to a thing of facility f. Where it is false the
// thing does not exist for them.
func (v *visit) mine(a access.Action, f id.Facility) bool {
	return access.Can(v.subject, a, access.Target{Facility: f, Sector: v.facility.Sector})
}

// actor is the person as room collect records them.
func (v *visit) actor() collect.Actor {
	return collect.Actor{User: v.user.ID, Name: v.subject.Actor()}
}

// record appends one line to the audit log, last in its transaction, for the store functions
// that write none of their own.
func (v *visit) record(tx *db.Tx, action, subject string, detail any) error {
	r, err := audit.New(v.f.Clock.Now(), v.subject.Actor(), action, subject, v.facility.ID, detail)
	if err != nil {
		return err
	}
	return audit.Append(tx, r)
}

// lasting is the request's context without its end: for work that goes on when the browser
// has gone.
func (v *visit) lasting() context.Context { return context.WithoutCancel(v.r.Context()) }

// query is a parameter of the address, cleaned.
func (v *visit) query(name string) string { return vn.Clean(v.r.URL.Query().Get(name)) }

// field is a field of the posted form, cleaned.
func (v *visit) field(name string) string { return vn.Clean(v.r.PostForm.Get(name)) }

// maxForm bounds a posted form without files: a hundred rows of corrections fit many times.
const maxForm = 1 << 20

// form reads the posted form.
func (v *visit) form() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	return v.r.ParseForm()
}

// pathID is the identifier in the address; what is none is not there.
func pathID[K id.Kind](v *visit, name string) (K, error) {
	k, err := id.Parse[K](v.r.PathValue(name))
	if err != nil {
		return 0, db.ErrNotFound
	}
	return k, nil
}

// goTo ends a post: the browser fetches the next page. toast says what happened, undo is the
// address that takes it back, both may be "".
func (v *visit) goTo(address, toast, undo string) error {
	if toast != "" {
		session.Flash(v.r, toast, undo)
	}
	http.Redirect(v.w, v.r, address, http.StatusSeeOther)
	return nil
}

// render sends a page of the desk.
func (v *visit) render(status int, name string, view page.View) error {
	v.f.pages.Render(v.w, status, name, view)
	return nil
}

// chrome is what surrounds every page of the desk.
func (v *visit) chrome(title string) page.Chrome {
	return page.Chrome{
		Title: title, Lang: page.VI, Path: v.r.URL.Path, Home: "/desk", Province: v.f.Province, Sample: v.f.Sample,
		Facility: v.facility.Name, User: &page.User{Name: v.user.Name, Role: v.user.Role.Label()},
		NavLabel: "Việc của cơ sở", Nav: page.CurrentNav(v.nav(), v.r.URL.Path), Flash: session.TakeFlash(v.r),
	}
}

// nav is the side list with what this person may open.
func (v *visit) nav() []page.NavItem {
	var out []page.NavItem
	for _, it := range []struct {
		page.NavItem
		action access.Action
	}{
		{page.NavItem{Href: "/desk", Icon: "today", Text: "Hôm nay"}, access.ViewBills},
		{page.NavItem{Href: "/desk/cho-xu-ly", Icon: "inbox", Text: "Khoản chờ xử lý", Count: int(v.waiting)}, access.ViewCredits},
		{page.NavItem{Href: "/desk/dot-thu", Icon: "file", Text: "Đợt thu"}, access.ViewFigures},
		{page.NavItem{Href: "/desk/phieu", Icon: "list", Text: "Phiếu thu"}, access.ViewBills},
		{page.NavItem{Href: "/desk/tien-mat", Icon: "cash", Text: "Quầy tiền mặt"}, access.TakeCash},
		{page.NavItem{Href: "/desk/tien-ve", Icon: "bank", Text: "Tiền về"}, access.ViewCredits},
		{page.NavItem{Href: "/desk/sao-ke", Icon: "balance", Text: "Đối soát sao kê"}, access.ViewFigures},
		{page.NavItem{Href: "/desk/bien-lai", Icon: "check", Text: "Biên lai"}, access.ViewReceipts},
		{page.NavItem{Href: "/desk/co-so", Icon: "people", Text: "Cơ sở"}, access.ViewFacility},
	} {
		if v.can(it.action) {
			out = append(out, it.NavItem)
		}
	}
	return out
}

// with is an address with parameters; empty ones are left out.
func with(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Add(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// fail answers with the page that says what did not work.
func (f *face) fail(v *visit, err error) {
	c := page.Chrome{Lang: page.VI, Path: v.r.URL.Path, Home: "/desk", Province: f.Province, Sample: f.Sample}
	back := []page.Link{{Text: "Về việc hôm nay", Href: "/desk", Class: "btn--main"}}
	var big *http.MaxBytesError
	text, known := explain(err)
	switch {
	case errors.Is(err, db.ErrNotFound):
		f.pages.Fail(v.w, page.Failure{Chrome: c, Status: http.StatusNotFound, Text: "Đường dẫn có thể thiếu chữ, hoặc thứ cần tìm không thuộc cơ sở này.", Next: back})
	case errors.Is(err, access.ErrForbidden):
		session.Forbid(v.w, v.r)
	case errors.As(err, &big):
		f.pages.Fail(v.w, page.Failure{Chrome: c, Status: http.StatusUnprocessableEntity, Next: back})
	case known:
		f.pages.Fail(v.w, page.Failure{Chrome: c, Status: http.StatusConflict, Text: text, Next: back})
	default:
		if v.r.Context().Err() == nil {
			f.Log.ErrorContext(v.r.Context(), "desk", "path", v.r.URL.Path, "err", err)
		}
		f.pages.Fail(v.w, page.Failure{Chrome: c, Status: http.StatusInternalServerError, Ref: web.RequestID(v.r.Context()), Next: back})
	}
}
