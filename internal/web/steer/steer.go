// Package steer is the province's face: officers of the departments and of the communes see
// how far the targets are, where they are missed, whom to call, and what stands behind every
// figure (requirements T2–T5, T8; A1–A7).
//
// A figure is computed once: the page, the Excel file and the CSV file are drawn from the same
// table. Nobody here sees the name of a pupil, a patient or a payer; evidence ends at numbers
// of receipts and shortened codes of bills. People of a facility have their own side (/desk).
package steer

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/session"
)

//go:embed all:templates
var files embed.FS

// face is the province's face with its pages and the plan whose targets it holds figures to.
type face struct {
	*web.Deps
	pages *page.Set
	plan  indicator.Plan
}

// Register mounts /steer. All of it must stand behind the sessions' Wrap.
func Register(mux *http.ServeMux, d *web.Deps) error {
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		return err
	}
	pages, err := page.New(templates)
	if err != nil {
		return err
	}
	pages.Log = d.Log
	plan, err := indicator.ModelPlan()
	if err != nil {
		return err
	}
	f := &face{Deps: d, pages: pages, plan: plan}
	for path, build := range map[string]builder{
		"/steer":                                f.overview,
		"/steer/facilities":                     f.facilities,
		"/steer/facilities/{facility}":          f.facility,
		"/steer/facilities/{facility}/receipts": f.receipts,
		"/steer/facilities/{facility}/bills":    f.bills,
		"/steer/areas":                          f.areas,
		"/steer/fees":                           f.fees,
		"/steer/months":                         f.months,
		"/steer/definitions":                    f.definitions,
	} {
		mux.Handle("GET "+path, session.RequireFunc(f.serve(build), access.ViewFigures))
	}
	return nil
}

// call is one request while its transaction is open.
type call struct {
	tx   *db.Tx
	r    *http.Request
	who  access.Subject
	view view
	now  time.Time
}

// screen is what a request is answered with: a page, and the tables on it in the order in which
// an Excel file holds them.
type screen struct {
	name   string    // of the template
	data   page.View // of the template
	title  string    // of the Excel file
	file   string    // name of exported files without ending
	tables []*table
}

// builder reads what a page shows. Errors: db.ErrNotFound, errForbidden, badQuery.
type builder func(*call) (screen, error)

// errForbidden is returned for figures that the subject may not see.
var errForbidden = errors.New("steer: not yours to see")

// serve answers with the screen of one builder, or with it as a file when the address asks so.
func (f *face) serve(build builder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok := session.Subject(r)
		if !ok || who.Role.OfFacility() {
			session.Forbid(w, r) // its page leads people of a facility to their desk
			return
		}
		c := &call{r: r, who: who, now: f.Clock.Now()}
		var s screen
		var err error
		if c.view, err = readView(r.URL.Query(), clock.DateOf(c.now)); err == nil {
			err = f.DB.View(r.Context(), func(tx *db.Tx) error {
				c.tx = tx
				s, err = build(c)
				return err
			})
		}
		var bad badQuery
		switch {
		case errors.Is(err, errForbidden):
			session.Forbid(w, r)
		case errors.As(err, &bad):
			f.lost(w, r, "Không có số liệu như đã chọn", string(bad))
		case errors.Is(err, db.ErrNotFound):
			f.lost(w, r, "Không có trang này", "Cơ sở này không có trong danh sách của tỉnh, hoặc đường dẫn thiếu chữ. Tìm lại theo tên trong bảng cơ sở.")
		case err != nil:
			f.broken(w, r, err)
		default:
			f.answer(w, c, s)
		}
	}
}

func (f *face) answer(w http.ResponseWriter, c *call, s screen) {
	format := c.r.URL.Query().Get("as")
	if format == "" {
		f.pages.Render(w, http.StatusOK, s.name, s.data)
		return
	}
	if !access.Can(c.who, access.ExportFigures, session.Own(c.who)) {
		session.Forbid(w, c.r)
		return
	}
	err := export(w, format, c.r.URL.Query().Get("table"), s, c.now)
	var bad badQuery
	switch {
	case errors.As(err, &bad):
		f.lost(w, c.r, "Không có tệp này", string(bad))
	case err != nil:
		f.broken(w, c.r, err)
	}
}

// lost answers an address that asks for something that is not there.
func (f *face) lost(w http.ResponseWriter, r *http.Request, heading, text string) {
	f.pages.Fail(w, page.Failure{
		Chrome: f.chrome(r, view{}, ""), Status: http.StatusNotFound, Heading: heading, Money: "Trang này chỉ để xem, không động đến tiền.", Text: text,
		Next: []page.Link{{Text: "Về trang mục tiêu", Href: "/steer"}, {Text: "Xem các cơ sở", Href: "/steer/facilities"}},
	})
}

// broken answers a failure of ours.
func (f *face) broken(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		f.Log.ErrorContext(r.Context(), "province's page failed", "path", r.URL.Path, "err", err)
	}
	f.pages.Fail(w, page.Failure{
		Chrome: f.chrome(r, view{}, ""), Status: http.StatusInternalServerError, Ref: web.RequestID(r.Context()),
		Money: "Trang này chỉ để xem, không động đến tiền.", Text: "Mở lại trang sau một phút. Vẫn hỏng thì báo người quản trị của tỉnh.",
	})
}

// chrome is what surrounds every page of this face. The side list keeps the period.
func (f *face) chrome(r *http.Request, v view, title string) page.Chrome {
	c := page.Chrome{Title: title, Path: r.URL.Path, Home: "/steer", Province: f.Province, Sample: f.Sample, NavLabel: "Điều hành"}
	if u, ok := session.User(r); ok {
		c.User = &page.User{Name: u.Name, Role: u.Role.Label()}
	}
	c.Nav = page.CurrentNav([]page.NavItem{
		{Href: "/steer", Icon: "chart", Text: "Mục tiêu"},
		{Href: "/steer/facilities", Icon: "bank", Text: "Cơ sở"},
		{Href: "/steer/areas", Icon: "people", Text: "Địa bàn, cơ quan"},
		{Href: "/steer/fees", Icon: "list", Text: "Khoản thu"},
		{Href: "/steer/months", Icon: "today", Text: "Từng tháng"},
		{Href: "/steer/definitions", Icon: "help", Text: "Số liệu tính thế nào"},
	}, r.URL.Path)
	for i := range c.Nav {
		c.Nav[i].Href = v.only().href(c.Nav[i].Href)
	}
	c.Flash = session.TakeFlash(r)
	return c
}
