// Package desk is the face of the people of one school or hospital: what needs them today,
// rounds and bills, money that came in and money that waits for a decision, cash, statements,
// receipts, and what the facility says of itself (requirements P1, P6–P9, P11).
//
// Everything works by links and forms alone; script only shortens the way. Every handler acts
// for the signed-in person's own facility: a thing of another facility does not exist here.
package desk

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
)

//go:embed all:templates
var files embed.FS

// face is the desk with its pages and what runs behind them.
type face struct {
	*web.Deps
	pages   *page.Set
	jobs    *jobs
	uploads *uploads
	streams *seats
	beat    time.Duration // between two signs of life of a stream
	calm    time.Duration // the least between two changes that a stream tells of
	longest time.Duration // after which a stream ends and the browser opens another
}

// Register mounts /desk and everything below it.
func Register(mux *http.ServeMux, d *web.Deps) error {
	f, err := newFace(d)
	if err != nil {
		return err
	}
	f.mount(mux)
	return nil
}

func newFace(d *web.Deps) (*face, error) {
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		return nil, err
	}
	pages, err := page.New(templates)
	if err != nil {
		return nil, err
	}
	pages.Log = d.Log
	return &face{
		Deps: d, pages: pages, jobs: newJobs(d.Clock), uploads: newUploads(d.Clock), streams: &seats{free: maxStreams},
		beat: 15 * time.Second, calm: time.Second, longest: 10 * time.Minute,
	}, nil
}

// route is one address of the desk: who may use it and what answers.
type route struct {
	pattern string
	action  access.Action
	answer  handler
}

// routes is the whole desk. A handler that touches one thing asks access.Can again about it.
func (f *face) routes() []route {
	return []route{
		{"GET /desk", access.ViewBills, f.showToday},
		{"GET /desk/song", access.ViewBills, f.streamToday},
		{"GET /desk/phien-ban", access.ViewBills, f.sendVersion},

		{"GET /desk/phieu", access.ViewBills, f.listBills},
		{"GET /desk/phieu/moi", access.EditBills, f.newBill},
		{"POST /desk/phieu/moi", access.EditBills, f.createBill},
		{"GET /desk/phieu/{bill}", access.ViewBills, f.showBill},
		{"GET /desk/phieu/{bill}/thong-bao.pdf", access.ViewBills, f.sendBillNotice},
		{"GET /desk/phieu/{bill}/sua", access.EditBills, f.editBill},
		{"POST /desk/phieu/{bill}/sua", access.EditBills, f.correctBill},
		{"POST /desk/phieu/{bill}/phat-hanh", access.PublishBills, f.publishBill},
		{"GET /desk/phieu/{bill}/huy", access.CancelBills, f.askCancel},
		{"POST /desk/phieu/{bill}/huy", access.CancelBills, f.cancelBill},

		{"GET /desk/tien-ve", access.ViewCredits, f.listCredits},
		{"GET /desk/tien-ve/{credit}", access.ViewCredits, f.showCredit},
		{"POST /desk/tien-ve/{credit}/go", access.AssignCredits, f.unmatchCredit},
		{"GET /desk/tien-ve/{credit}/dung", access.AssignCredits, f.askUse},
		{"POST /desk/tien-ve/{credit}/dung", access.AssignCredits, f.useSurplus},
		{"GET /desk/tien-ve/{credit}/tra-lai", access.ReturnCredits, f.askReturn},
		{"POST /desk/tien-ve/{credit}/tra-lai", access.ReturnCredits, f.returnCredit},

		{"GET /desk/cho-xu-ly", access.ViewCredits, f.listWaiting},
		{"GET /desk/cho-xu-ly/{credit}", access.ViewCredits, f.showWaiting},
		{"POST /desk/cho-xu-ly/{credit}", access.AssignCredits, f.assignCredit},
		{"GET /desk/cho-xu-ly/{credit}/chia", access.AssignCredits, f.askSplit},
		{"POST /desk/cho-xu-ly/{credit}/chia", access.AssignCredits, f.splitCredit},
	}
}

func (f *face) mount(mux *http.ServeMux) {
	// What other sites make a browser post is refused before anything else looks at it (C1).
	guard := http.NewCrossOriginProtection()
	for _, r := range f.routes() {
		mux.Handle(r.pattern, guard.Handler(f.guarded(r)))
	}
}
