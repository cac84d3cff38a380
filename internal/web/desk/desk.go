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
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/id"
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
	results *results
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
		Deps: d, pages: pages, jobs: newJobs(d.Clock), uploads: newUploads(d.Clock), results: &results{all: map[id.File]collect.Import{}}, streams: &seats{free: maxStreams},
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

		{"GET /desk/dot-thu", access.ViewBills, f.listRounds},
		{"GET /desk/dot-thu/moi", access.EditBills, f.newRound},
		{"POST /desk/dot-thu/moi", access.EditBills, f.createRound},
		{"GET /desk/dot-thu/{round}", access.ViewBills, f.showRound},
		{"GET /desk/dot-thu/{round}/sua", access.EditBills, f.editRound},
		{"POST /desk/dot-thu/{round}/sua", access.EditBills, f.saveRound},
		{"POST /desk/dot-thu/{round}/nhap", access.EditBills, f.importWorkbook},
		{"GET /desk/dot-thu/{round}/cot", access.EditBills, f.showColumns},
		{"POST /desk/dot-thu/{round}/cot", access.EditBills, f.chooseColumns},
		{"POST /desk/dot-thu/{round}/dong-sua", access.EditBills, f.fixRows},
		{"GET /desk/dot-thu/{round}/dong-sua.xlsx", access.EditBills, f.sendIssues},
		{"POST /desk/dot-thu/{round}/bo", access.EditBills, f.dropVanished},
		{"POST /desk/dot-thu/{round}/phat-hanh", access.PublishBills, f.publishRound},
		{"POST /desk/dot-thu/{round}/thu-lai", access.PublishBills, f.takeBackRound},
		{"POST /desk/dot-thu/{round}/dong", access.PublishBills, f.closeRound},
		{"GET /desk/dot-thu/{round}/tien-do", access.ViewBills, f.streamProgress},
		{"GET /desk/dot-thu/{round}/thay-doi", access.ViewBills, f.showChanges},
		{"GET /desk/dot-thu/{round}/thong-bao.pdf", access.ViewBills, f.sendNotices},
		{"GET /desk/dot-thu/{round}/bang-ke.xlsx", access.ViewBills, f.sendRoundList},
		{"GET /desk/dot-thu/{round}/tep/{file}", access.ViewBills, f.sendWorkbook},

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

		{"GET /desk/tien-mat", access.TakeCash, f.showTill},
		{"GET /desk/tien-mat/{bill}", access.TakeCash, f.askCash},
		{"POST /desk/tien-mat/{bill}", access.TakeCash, f.takeCash},

		{"GET /desk/sao-ke", access.ViewFigures, f.listStatements},
		{"POST /desk/sao-ke", access.ImportStatement, f.importStatement},
		{"GET /desk/sao-ke/{file}", access.ViewFigures, f.showStatement},
		{"GET /desk/sao-ke/{file}/tep", access.ViewFigures, f.sendStatement},

		{"GET /desk/bien-lai", access.ViewReceipts, f.listReceipts},
		{"GET /desk/bien-lai/{receipt}", access.ViewReceipts, f.showReceipt},
		{"POST /desk/bien-lai/{receipt}/in", access.ViewReceipts, f.printReceipt},

		{"GET /desk/co-so", access.ViewFacility, f.showSetup},
		{"POST /desk/co-so/cach-tra", access.EditFacility, f.setMethod},
		{"POST /desk/co-so/tra-phan", access.EditFacility, f.setParts},
		{"GET /desk/co-so/to-treo.pdf", access.ViewFacility, f.sendPoster},
		{"GET /desk/co-so/nguoi/moi", access.EditFacility, f.newContact},
		{"POST /desk/co-so/nguoi/moi", access.EditFacility, f.createContact},
		{"GET /desk/co-so/nguoi/{contact}", access.EditFacility, f.editContact},
		{"POST /desk/co-so/nguoi/{contact}", access.EditFacility, f.updateContact},
		{"POST /desk/co-so/nguoi/{contact}/xoa", access.EditFacility, f.deleteContact},
		{"GET /desk/co-so/tai-khoan/moi", access.ManageAccounts, f.newAccount},
		{"POST /desk/co-so/tai-khoan/moi", access.ManageAccounts, f.createAccount},
		{"GET /desk/co-so/tai-khoan/{account}", access.ManageAccounts, f.editAccount},
		{"POST /desk/co-so/tai-khoan/{account}", access.ManageAccounts, f.updateAccount},
		{"POST /desk/co-so/tai-khoan/{account}/dong", access.ManageAccounts, f.closeAccount},
		{"GET /desk/co-so/ket-noi", access.ManageHooks, f.showConnect},
		{"GET /desk/co-so/ket-noi/bao-co/moi", access.ManageHooks, f.newHook},
		{"POST /desk/co-so/ket-noi/bao-co/moi", access.ManageHooks, f.createHook},
		{"GET /desk/co-so/ket-noi/bao-co/{hook}", access.ManageHooks, f.showHook},
		{"POST /desk/co-so/ket-noi/bao-co/{hook}", access.ManageHooks, f.changeHook},
		{"POST /desk/co-so/ket-noi/bao-co/{hook}/ngung", access.ManageHooks, f.stopHook},
		{"GET /desk/co-so/ket-noi/khoa/moi", access.ManageKeys, f.newKey},
		{"POST /desk/co-so/ket-noi/khoa/moi", access.ManageKeys, f.createKey},
		{"POST /desk/co-so/ket-noi/khoa/{key}/thu-hoi", access.ManageKeys, f.revokeKey},
	}
}

func (f *face) mount(mux *http.ServeMux) {
	for _, r := range f.routes() {
		mux.Handle(r.pattern, f.guarded(r))
	}
}
